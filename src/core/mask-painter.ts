/** The picture x behind soft masks, x′ + m ⊙ (x − x′), a line of pixels at a time: no mask is made at full size. */
import { widened } from './between.ts';
import type { CellMask } from './cell-masks.ts';
import type { Scene } from './recipe.ts';

/** Paints into `out` [C, H, W]. */
export function maskPainter({ picture, baseline }: Scene): (mask: CellMask, out: Float32Array) => void {
  const [channels, height, width] = picture.shape as [number, number, number];
  const hasBaseline = baseline.data.some((value) => value !== 0);
  const difference = hasBaseline ? picture.data.map((value, at) => value - baseline.data[at]!) : picture.data;
  const line = new Float64Array(width);
  return ({ cells, columns, down: { lower, upper, share }, across }, out) => {
    const wide = widened(cells, columns, across);
    for (let y = 0; y < height; y++) {
      mixLine(line, wide, lower[y]! * width, upper[y]! * width, share[y]!);
      for (let channel = 0; channel < channels; channel++) {
        const first = (channel * height + y) * width;
        if (hasBaseline) addScaledLine(out, baseline.data, difference, line, first);
        else scaleLine(out, picture.data, line, first);
      }
    }
  };
}

// The loops below run over every pixel of every row, so that each is a function of plain numbers.

/** The line at `share` of the way from one row of pixels to another. */
function mixLine(line: Float64Array, wide: Float32Array, above: number, below: number, share: number): void {
  for (let x = 0; x < line.length; x++) {
    const start = wide[above + x]!;
    line[x] = start + share * (wide[below + x]! - start);
  }
}

function scaleLine(out: Float32Array, from: Float32Array, line: Float64Array, first: number): void {
  for (let x = 0; x < line.length; x++) out[first + x] = line[x]! * from[first + x]!;
}

function addScaledLine(
  out: Float32Array,
  start: Float32Array,
  difference: Float32Array,
  line: Float64Array,
  first: number,
): void {
  for (let x = 0; x < line.length; x++) out[first + x] = start[first + x]! + line[x]! * difference[first + x]!;
}
