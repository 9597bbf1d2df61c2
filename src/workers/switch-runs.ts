/** Stretches of pixels from one picture or another, in all planes. */
import { ADD, add, assembled, constant, get, I32, runIn, set, times, when, whole } from './assembly.ts';
import { copied } from './copy-cells.ts';

/**
 * Copies the stretches whose segment has a source. All is in bytes of the memory: where the table of stretches begins (see `runTable`), that
 * of each segment's source, 0 for none, and what is written. There is at least one stretch and one plane.
 */
export type SwitchRuns = (
  table: number,
  stretches: number,
  sources: number,
  to: number,
  plane: number,
  planes: number,
) => void;

export const switchRunsIn = (memory: WebAssembly.Memory): SwitchRuns => runIn(module, memory);

/** For each stretch of pixels in one segment, one behind the other: where it begins, its length, and its segment's place in the table of sources, in bytes. */
export function runTable(segments: Int32Array): Int32Array {
  const table = new Int32Array(3 * segments.length);
  let end = 0;
  for (let pixel = 0; pixel < segments.length; pixel++) {
    const segment = segments[pixel]!;
    if (pixel === 0 || segment !== segments[pixel - 1]) {
      table[end++] = 4 * pixel;
      table[end++] = 0;
      table[end++] = 4 * segment;
    }
    table[end - 2]! += 4;
  }
  return table.slice(0, end);
}

const [TABLE, STRETCHES, SOURCES, TO, PLANE, PLANES] = [0, 1, 2, 3, 4, 5] as const;
const [FROM, WRITTEN, PLANES_LEFT, READ, WRITE, END] = [6, 7, 8, 9, 10, 11] as const;

const plane = [
  ...[...get(FROM), ...set(READ), ...get(WRITTEN), ...set(WRITE)],
  ...[...get(FROM), ...whole(get(TABLE), 4), ADD, ...set(END)],
  ...copied(READ, WRITE, END),
  ...[...add(FROM, get(PLANE)), ...add(WRITTEN, get(PLANE))],
];
const stretch = [
  ...[...whole([...get(SOURCES), ...whole(get(TABLE), 8), ADD], 0), ...set(FROM)],
  ...when(get(FROM), [
    ...[...get(TO), ...whole(get(TABLE), 0), ADD, ...set(WRITTEN)],
    ...add(FROM, whole(get(TABLE), 0)),
    ...[...get(PLANES), ...set(PLANES_LEFT)],
    ...times(PLANES_LEFT, plane),
  ]),
  ...add(TABLE, constant(12)),
];
const module = assembled({ parameters: new Array(6).fill(I32), locals: 6, code: times(STRETCHES, stretch) });
