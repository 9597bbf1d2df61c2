/** Soft masks [H, W] from a few cells each: what Score-CAM and its kin make of a layer's activations. */
import { type Between, between, widened } from './between.ts';
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
  const wide = widened(plane, columns, alongSide(columns, width, masks.isCornerAligned));
  const { lower, upper, share } = alongSide(rows, height, masks.isCornerAligned);
  const mask = new Float32Array(height * width);
  for (let y = 0, pixel = 0; y < height; y++) {
    const [above, below, part] = [lower[y]! * width, upper[y]! * width, share[y]!];
    for (let x = 0; x < width; x++) {
      const start = wide[above + x]!;
      mask[pixel++] = start + part * (wide[below + x]! - start);
    }
  }
  return masks.isStretched ? stretched(mask) : mask;
}

/** Where the pixels of a side lie among a mask's cells. */
export function alongSide(cells: number, pixels: number, isCornerAligned: boolean): Between {
  const place = (pixel: number) =>
    isCornerAligned ? (pixel * (cells - 1)) / Math.max(1, pixels - 1) : ((pixel + 0.5) * cells) / pixels - 0.5;
  return between(
    Float64Array.from({ length: pixels }, (_, pixel) => place(pixel)),
    cells,
  );
}

/** (values − least) / (most − least), in place; zeros where all values are equal. */
export function stretched(values: Float32Array): Float32Array {
  const { length } = values;
  let least = Infinity;
  let most = -Infinity;
  for (let at = 0; at < length; at++) {
    const value = values[at]!;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const factor = most > least ? 1 / (most - least) : 0;
  for (let at = 0; at < length; at++) values[at] = (values[at]! - least) * factor;
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
