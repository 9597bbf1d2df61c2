/** Soft masks [H, W] from a few cells each: what Score-CAM and its kin make of a layer's activations. */
import type { Random } from './random.ts';
import type { Tensor } from './tensor.ts';

export interface SoftMasks {
  /** [masks, h, w], in shared memory; each is interpolated bilinearly to the picture's size. */
  readonly planes: Tensor;
  /** Cells share the picture evenly (false), or the outermost ones lie on its corners (true). */
  readonly isCornerAligned: boolean;
  /** Scaled to 0–1 once it has the picture's size; a constant mask becomes 0. */
  readonly isStretched: boolean;
}

/** Mask number `at` in pixels [height · width]. */
export function softMask(masks: SoftMasks, at: number, height: number, width: number): Float32Array {
  const [, rows, columns] = masks.planes.shape as [number, number, number];
  const plane = masks.planes.data.subarray(at * rows * columns, (at + 1) * rows * columns);
  const mask = new Float32Array(height * width);
  const [down, across] = [axis(rows, height, masks.isCornerAligned), axis(columns, width, masks.isCornerAligned)];
  const line = new Float32Array(columns);
  for (let y = 0, pixel = 0; y < height; y++) {
    const [upper, lower] = [down.before[y]! * columns, down.after[y]! * columns];
    for (let j = 0; j < columns; j++) line[j] = mixed(plane[upper + j]!, plane[lower + j]!, down.share[y]!);
    for (let x = 0; x < width; x++) {
      mask[pixel++] = mixed(line[across.before[x]!]!, line[across.after[x]!]!, across.share[x]!);
    }
  }
  return masks.isStretched ? stretched(mask) : mask;
}

const mixed = (a: number, b: number, share: number) => a + share * (b - a);

/** For each pixel of a side the two cells it lies between, and how far it is on the way to the second. */
function axis(cells: number, pixels: number, isCornerAligned: boolean) {
  const before = new Uint32Array(pixels);
  const after = new Uint32Array(pixels);
  const share = new Float64Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const place = isCornerAligned
      ? (pixel * (cells - 1)) / Math.max(1, pixels - 1)
      : ((pixel + 0.5) * cells) / pixels - 0.5;
    const inside = Math.min(Math.max(place, 0), cells - 1);
    before[pixel] = Math.floor(inside);
    after[pixel] = Math.min(before[pixel]! + 1, cells - 1);
    share[pixel] = inside - before[pixel]!;
  }
  return { before, after, share };
}

/** (values − least) / (most − least), in place; zeros where all values are equal. */
export function stretched<T extends Float32Array | Float64Array>(values: T): T {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const range = most - least;
  for (let at = 0; at < values.length; at++) values[at] = range > 0 ? (values[at]! - least) / range : 0;
  return values;
}

/** Adds a draw from N(0, std²) to every value, by Box and Muller in pairs. */
export function addNoise(values: Float32Array, std: number, { uniform }: Random): void {
  for (let at = 0; at < values.length; at += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    values[at]! += radius * Math.cos(angle);
    if (at + 1 < values.length) values[at + 1]! += radius * Math.sin(angle);
  }
}
