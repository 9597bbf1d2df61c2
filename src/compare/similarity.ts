/** How alike two maps of the same size are. NaN where a map is constant and the figure is not defined. */
import { integral, sumWithin } from './integral.ts';

/** Pearson's correlation, −1 to 1. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let at = 0; at < a.length; at++) {
    const x = a[at]! - meanA;
    const y = b[at]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Ranks from 0; equal values share their mean rank. Pearson's correlation of ranks is Spearman's of the values. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, at) => at).sort((i, j) => values[i]! - values[j]!);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) result[order[at]!] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

/** The numbers of the pixels, that with the highest value first; of equal ones the first. */
export const strongestFirst = (values: ArrayLike<number>): Uint32Array =>
  Uint32Array.from({ length: values.length }, (_, at) => at).sort((i, j) => values[j]! - values[i]! || i - j);

/** The `share` of pixels with the highest values. */
export const topPixels = (values: ArrayLike<number>, share: number): Set<number> =>
  new Set(strongestFirst(values).subarray(0, Math.max(1, Math.round(share * values.length))));

/** Intersection over union, 0 to 1. */
export function iou(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const pixel of a) if (b.has(pixel)) both++;
  return both / (a.size + b.size - both);
}

/** Values from 0 to 1; all 0 where they are the same. */
export function unitScaled(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values);
  const least = copy.reduce((low, value) => Math.min(low, value), Infinity);
  const range = copy.reduce((high, value) => Math.max(high, value), -Infinity) - least;
  return copy.map((value) => (range > 0 ? (value - least) / range : 0));
}

const WINDOW = 7;

/**
 * Structural similarity of two maps [height, width] from 0 to 1: the mean over all whole 7 × 7 windows, with the sample
 * covariance, C₁ = 0.01² and C₂ = 0.03².
 * @see https://doi.org/10.1109/TIP.2003.819861
 */
export function ssim(x: Float64Array, y: Float64Array, height: number, width: number): number {
  const meanX = boxMeans(x, height, width);
  const meanY = boxMeans(y, height, width);
  const meanXX = boxMeans(product(x, x), height, width);
  const meanYY = boxMeans(product(y, y), height, width);
  const meanXY = boxMeans(product(x, y), height, width);
  const sample = WINDOW ** 2 / (WINDOW ** 2 - 1);
  let total = 0;
  for (let at = 0; at < meanX.length; at++) {
    const [mx, my] = [meanX[at]!, meanY[at]!];
    const variances = sample * (meanXX[at]! - mx * mx + (meanYY[at]! - my * my));
    const covariance = sample * (meanXY[at]! - mx * my);
    total += ((2 * mx * my + 1e-4) * (2 * covariance + 9e-4)) / ((mx * mx + my * my + 1e-4) * (variances + 9e-4));
  }
  return total / meanX.length;
}

const product = (a: Float64Array, b: Float64Array) => a.map((value, at) => value * b[at]!);

/** The mean of each whole window, row by row. */
function boxMeans(values: Float64Array, height: number, width: number): Float64Array {
  const sums = integral(values, height, width);
  const columns = width - WINDOW + 1;
  return Float64Array.from({ length: (height - WINDOW + 1) * columns }, (_, window) => {
    const [top, left] = [Math.floor(window / columns), window % columns];
    return sumWithin(sums, { y: top, x: left, height: WINDOW, width: WINDOW }, width) / WINDOW ** 2;
  });
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}
