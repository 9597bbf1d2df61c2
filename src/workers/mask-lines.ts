/** A picture behind a soft mask, line by line, in all planes: x′ + m ⊙ d with m = a + share · (b − a). */
import {
  ADD,
  type Arithmetic,
  add,
  assembled,
  constant,
  get,
  I32,
  inFours,
  runIn,
  set,
  times,
  whole,
} from './assembly.ts';
import { BYTES } from './own-memory.ts';

/**
 * Writes some lines. All is in bytes of the memory, or counts: where the table of lines begins (see `lineTable`), and the first lines of x′, d and
 * what is written; how far the lines of x′ lie apart, and its planes, and the planes of the others. There is at least one line and one plane.
 * @param length of a line, which is how far the lines of the others lie apart: a multiple of 4
 */
export type MaskLines = (
  table: number,
  lines: number,
  baseline: number,
  difference: number,
  to: number,
  baselineRow: number,
  baselinePlane: number,
  plane: number,
  planes: number,
  length: number,
) => void;

export const maskLinesIn = (memory: WebAssembly.Memory): MaskLines => runIn(module, memory);

/** The lines of a mask that each line of pixels lies between, and its share of the second. */
interface Lines {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly share: Float64Array;
}

/** Numbers for each line in a table. */
export const PER_LINE = 3;

/** Fills a table, whose numbers are both whole ones and not: where a and b begin, in bytes, and the share. @param first of the mask's lines */
export function fillLineTable(
  places: Int32Array,
  shares: Float32Array,
  { lower, upper, share }: Lines,
  first: number,
  length: number,
): void {
  for (let line = 0, at = 0; line < share.length; line++) {
    places[at++] = first + lower[line]! * length;
    places[at++] = first + upper[line]! * length;
    shares[at++] = share[line]!;
  }
}

const [TABLE, LINES, BASELINE, DIFFERENCE, TO, BASELINE_ROW, BASELINE_PLANE, PLANE, PLANES, LENGTH] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;
const [AT, PLANES_LEFT, READ_BASELINE, READ_DIFFERENCE, WRITE] = [10, 11, 12, 13, 14] as const;

const masked = ({ load, store, spread, ...by }: Arithmetic) => {
  const here = (line: readonly number[]) => [...line, ...get(AT), ADD];
  const [a, b] = [load(here(whole(get(TABLE), 0))), load(here(whole(get(TABLE), BYTES)))];
  const mask = [...a, ...spread(get(TABLE), 2 * BYTES), ...b, ...a, ...by.subtract, ...by.multiply, ...by.add];
  const seen = [...mask, ...load(here(get(READ_DIFFERENCE))), ...by.multiply];
  return store(here(get(WRITE)), [...load(here(get(READ_BASELINE))), ...seen, ...by.add]);
};
const plane = [
  ...[...constant(0), ...set(AT)],
  ...inFours([AT], LENGTH, masked),
  ...[...add(READ_BASELINE, get(BASELINE_PLANE)), ...add(READ_DIFFERENCE, get(PLANE)), ...add(WRITE, get(PLANE))],
];
const line = [
  ...[...get(BASELINE), ...set(READ_BASELINE), ...get(DIFFERENCE), ...set(READ_DIFFERENCE), ...get(TO), ...set(WRITE)],
  ...[...get(PLANES), ...set(PLANES_LEFT)],
  ...times(PLANES_LEFT, plane),
  ...[...add(BASELINE, get(BASELINE_ROW)), ...add(DIFFERENCE, get(LENGTH)), ...add(TO, get(LENGTH))],
  ...add(TABLE, constant(PER_LINE * BYTES)),
];
const module = assembled({ parameters: new Array(10).fill(I32), locals: 5, code: times(LINES, line) });
