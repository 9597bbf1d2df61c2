/**
 * Pillow's resampling, bit for bit. Each axis in turn is a weighted mean over a filter whose support grows with the
 * reduction, on 8-bit pixels with weights in fixed point:
 *
 *   out(x) = clip8( (2²¹ + Σ_i k_i · in(first + i)) >> 22 ),   k_i = round(2²² · filter((first + i + ½ − centre) / s) / Σ)
 *   centre = box₀ + (x + ½) · scale,   s = max(scale, 1)
 *
 * (sharp's kernels shift the picture when enlarging: up to 124 of 255 away from Pillow.)
 */
import type { Photo } from '../core/predictor.ts';
import { FILTERS, type Filter, type Resample } from './resample.ts';

/** A rectangle in photo pixels: x, y, width, height; fractions are possible. */
export type Box = readonly [number, number, number, number];

const PRECISION = 22;

/**
 * Resizes an RGB photo as Pillow's `Image.resize` does.
 *
 * @param photo RGB, 8 bits
 * @param width of the result in pixels
 * @param height of the result in pixels
 * @param resample the filter
 * @param box the part of the photo to take. Default: all of it
 * @returns a new photo, equal to Pillow's in every byte
 * @example
 * ```ts
 * const small = resize(await loadImage('photo.jpg'), 224, 224, 'bilinear');
 * ```
 */
export function resize(
  photo: Photo,
  width: number,
  height: number,
  resample: Resample,
  box: Box = [0, 0, photo.width, photo.height],
): Photo {
  if (resample === 'nearest') return nearest(photo, width, height, box);
  const [x, y, boxWidth, boxHeight] = box;
  const columns = weights(photo.width, x, boxWidth, width, FILTERS[resample]);
  const rows = weights(photo.height, y, boxHeight, height, FILTERS[resample]);
  return { data: resampleColumns(resampleRows(photo, columns, rows), width, rows), width, height };
}

/** For each pixel of the result: the first pixel it takes, and its weights in fixed point. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [size, taps] */
  readonly weight: Int32Array;
  readonly taps: number;
}

function weights(length: number, start: number, extent: number, size: number, { support, weight }: Filter): Weights {
  const scale = extent / size;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const taps = Math.ceil(reach) * 2 + 1;
  const result = {
    first: new Int32Array(size),
    count: new Int32Array(size),
    weight: new Int32Array(size * taps),
    taps,
  };
  for (let at = 0; at < size; at++) {
    const centre = start + (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(length, Math.trunc(centre + reach + 0.5)) - first;
    const raw = Array.from({ length: count }, (_, tap) => weight((tap + first - centre + 0.5) * (1 / stretch)));
    const total = raw.reduce((sum, value) => sum + value, 0);
    result.first[at] = first;
    result.count[at] = count;
    raw.forEach((value, tap) => {
      const share = value * (total === 0 ? 1 : 1 / total);
      result.weight[at * taps + tap] = Math.trunc(Math.sign(share) * 0.5 + share * 2 ** PRECISION);
    });
  }
  return result;
}

/** Of the photo's rows, those that `rows` takes, [n, size, 3]: each resampled to the size of `columns`. */
function resampleRows({ data, width }: Photo, columns: Weights, rows: Weights): Uint8Array {
  const { first, count, weight, taps } = columns;
  const size = first.length;
  const top = rows.first[0]!;
  const height = rows.first.at(-1)! + rows.count.at(-1)! - top;
  const out = new Uint8ClampedArray(size * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < size; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let from = ((top + y) * width + first[x]!) * 3;
      for (let tap = x * taps, end = tap + count[x]!; tap < end; tap++, from += 3) {
        const share = weight[tap]!;
        red += data[from]! * share;
        green += data[from + 1]! * share;
        blue += data[from + 2]! * share;
      }
      const to = (y * size + x) * 3;
      out[to] = red >> PRECISION;
      out[to + 1] = green >> PRECISION;
      out[to + 2] = blue >> PRECISION;
    }
  }
  return new Uint8Array(out.buffer);
}

function resampleColumns(data: Uint8Array, width: number, { first, count, weight, taps }: Weights): Uint8Array {
  const size = first.length;
  const line = width * 3;
  const out = new Uint8ClampedArray(size * line);
  const sums = new Int32Array(line);
  for (let y = 0; y < size; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[y]!; tap++) {
      const share = weight[y * taps + tap]!;
      const from = (first[y]! - first[0]! + tap) * line;
      for (let at = 0; at < line; at++) sums[at] = sums[at]! + data[from + at]! * share;
    }
    for (let at = 0; at < line; at++) out[y * line + at] = sums[at]! >> PRECISION;
  }
  return new Uint8Array(out.buffer);
}

const HALF = 1 << (PRECISION - 1);

function nearest(
  { data, width: photoWidth }: Photo,
  width: number,
  height: number,
  [x, y, boxWidth, boxHeight]: Box,
): Photo {
  const columns = nearestPixels(x, boxWidth, width);
  const rows = nearestPixels(y, boxHeight, height);
  const out = new Uint8Array(width * height * 3);
  for (let to = 0, row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const from = (rows[row]! * photoWidth + columns[column]!) * 3;
      out.set(data.subarray(from, from + 3), to);
    }
  }
  return { data: out, width, height };
}

/** Adds up the step as Pillow does, so that its rounding is the same. */
function nearestPixels(start: number, extent: number, size: number): Int32Array {
  const step = extent / size;
  let position = start + step * 0.5;
  return Int32Array.from({ length: size }, () => {
    const pixel = Math.trunc(position);
    position += step;
    return pixel;
  });
}
