/** A line of pixels behind a soft mask, in all planes: x′ + m ⊙ d with m = a + share · (b − a). */
import {
  ADD,
  type Arithmetic,
  add,
  assembled,
  constant,
  F32,
  get,
  I32,
  inFours,
  runIn,
  set,
  times,
} from './assembly.ts';

/**
 * Writes a line of each plane. All but `share` is in bytes of the memory: where the lines a and b of mask, and the first lines of x′, d
 * and what is written, begin, and how far planes lie apart in x′ and in the others. There is at least one plane.
 * @param length of a line: a multiple of 4
 */
export type MaskLine = (
  a: number,
  b: number,
  share: number,
  baseline: number,
  difference: number,
  to: number,
  baselinePlane: number,
  plane: number,
  planes: number,
  length: number,
) => void;

export const maskLineIn = (memory: WebAssembly.Memory): MaskLine => runIn(module, memory);

const [A, B, SHARE, BASELINE, DIFFERENCE, TO, BASELINE_PLANE, PLANE, PLANES, LENGTH] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;
const AT = 10;

const masked = ({ load, store, spread, ...by }: Arithmetic) => {
  const here = (line: number) => [...get(line), ...get(AT), ADD];
  const [a, b] = [load(here(A)), load(here(B))];
  const mask = [...a, ...spread(SHARE), ...b, ...a, ...by.subtract, ...by.multiply, ...by.add];
  const seen = [...mask, ...load(here(DIFFERENCE)), ...by.multiply];
  return store(here(TO), [...load(here(BASELINE)), ...seen, ...by.add]);
};
const line = [
  ...[...constant(0), ...set(AT)],
  ...inFours([AT], LENGTH, masked),
  ...[...add(BASELINE, get(BASELINE_PLANE)), ...add(DIFFERENCE, get(PLANE)), ...add(TO, get(PLANE))],
];
const parameters = [I32, I32, F32, ...new Array(7).fill(I32)];
const module = assembled({ parameters, locals: 1, code: times(PLANES, line) });
