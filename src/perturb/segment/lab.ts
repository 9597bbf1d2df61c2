/**
 * RGB pixels to CIELAB (sRGB, white point D65): exactly, or fast as whole numbers, 16 to the unit: L 0 … 1600, a and b about ±1760.
 * X, Y, Z are linear in the linearised R, G, B; L = 116 f(Y) − 16, a = 500 (f(X) − f(Y)), b = 200 (f(Y) − f(Z)).
 */
import { gaussianBlur } from '../../core/gaussian-blur.ts';
import type { Photo } from '../../core/predictor.ts';
import type { Pieces } from '../in-turns.ts';

/** Pixels. */
const PER_PIECE = 8192;

/** How many steps a unit of colour is divided into. */
export const UNIT = 16;

export interface Lab {
  readonly l: Int16Array;
  readonly a: Int16Array;
  readonly b: Int16Array;
}

/** Values 0 … 255 linearised, `least` becoming 0 and `most` 1. */
const linearised = (least: number, most: number) =>
  Float64Array.from({ length: 256 }, (_, at) => {
    const value = Math.min(Math.max((at - least) / (most - least || 1), 0), 1);
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });

const LINEAR = linearised(0, 255);

/** f(t) = ∛t, or its tangent near 0, at t = 0, 1/16384, … 1. */
const STEPS = 16384;
const F = Float64Array.from({ length: STEPS + 2 }, (_, at) => f(at / STEPS));

function f(t: number): number {
  return t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116;
}

/** L, a and b [H · W]. */
export type ColourPlanes = readonly [l: Float64Array, a: Float64Array, b: Float64Array];

/** The picture in CIELAB. */
export function labOf({ data, width, height }: Photo): ColourPlanes {
  const planes = [0, 1, 2].map(() => new Float64Array(width * height)) as [Float64Array, Float64Array, Float64Array];
  for (let at = 0; at < width * height; at++) {
    const [r, g, b] = [LINEAR[data[3 * at]!]!, LINEAR[data[3 * at + 1]!]!, LINEAR[data[3 * at + 2]!]!];
    const x = f((0.412453 * r + 0.35758 * g + 0.180423 * b) / 0.95047);
    const y = f(0.212671 * r + 0.71516 * g + 0.072169 * b);
    const z = f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
    planes[0][at] = 116 * y - 16;
    planes[1][at] = 500 * (x - y);
    planes[2][at] = 200 * (y - z);
  }
  return planes;
}

/**
 * The picture in CIELAB, in whole numbers. As in scikit-image its values are first stretched to the full range, so that
 * `compactness` means the same in a dim photo, and the blur of `sigma` pixels comes last.
 */
export function* toLab({ data, width, height }: Photo, sigma: number): Pieces<Lab> {
  const linear = linearised(...rangeOf(data));
  const [l, a, b] = [0, 1, 2].map(() => new Float32Array(width * height)) as [Float32Array, Float32Array, Float32Array];
  for (let at = 0; at < l.length; at++) {
    if (at % PER_PIECE === 0) yield;
    const [red, green, blue] = [linear[data[3 * at]!]!, linear[data[3 * at + 1]!]!, linear[data[3 * at + 2]!]!];
    const x = F[Math.round((STEPS * (0.412453 * red + 0.35758 * green + 0.180423 * blue)) / 0.95047)]!;
    const y = F[Math.round(STEPS * (0.212671 * red + 0.71516 * green + 0.072169 * blue))]!;
    const z = F[Math.round((STEPS * (0.019334 * red + 0.119193 * green + 0.950227 * blue)) / 1.08883)]!;
    l[at] = UNIT * (116 * y - 16);
    a[at] = UNIT * 500 * (x - y);
    b[at] = UNIT * 200 * (y - z);
  }
  const blurred: Int16Array[] = [];
  for (const plane of [l, a, b]) {
    yield;
    blurred.push(rounded(sigma > 0 ? gaussianBlur(plane, height, width, sigma, Math.ceil(4 * sigma)) : plane));
  }
  return { l: blurred[0]!, a: blurred[1]!, b: blurred[2]! };
}

function rangeOf(data: Uint8Array): [least: number, most: number] {
  let [least, most] = [255, 0];
  for (let at = 0; at < data.length; at++) {
    if (data[at]! < least) least = data[at]!;
    if (data[at]! > most) most = data[at]!;
  }
  return [least, most];
}

function rounded(plane: Float32Array): Int16Array {
  const whole = new Int16Array(plane.length);
  for (let at = 0; at < plane.length; at++) whole[at] = Math.floor(plane[at]! + 0.5); // Faster than Math.round, and the same.
  return whole;
}
