/**
 * RGB pixels to CIELAB (sRGB, white point D65): exactly, or fast as whole numbers, 16 to the unit: L 0 … 1600, a and b about ±1760.
 * X, Y, Z are linear in the linearised R, G, B; L = 116 f(Y) − 16, a = 500 (f(X) − f(Y)), b = 200 (f(Y) − f(Z)).
 */
import { gaussianBlur } from '../../core/gaussian-blur.ts';
import type { Photo } from '../../core/predictor.ts';

/** How many steps a unit of colour is divided into. */
export const UNIT = 16;

export interface Lab {
  readonly l: Int16Array;
  readonly a: Int16Array;
  readonly b: Int16Array;
}

const LINEAR = Float64Array.from({ length: 256 }, (_, at) => {
  const value = at / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

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

/** The picture in CIELAB, in whole numbers, after a Gaussian blur of `sigma` pixels. */
export function toLab(photo: Photo, sigma: number): Lab {
  const [red, green, blue] = [0, 1, 2].map((channel) => smoothed(photo, channel, sigma)) as [Bytes, Bytes, Bytes];
  const length = red.length;
  const lab = { l: new Int16Array(length), a: new Int16Array(length), b: new Int16Array(length) };
  for (let at = 0; at < length; at++) {
    const [r, g, b] = [LINEAR[red[at]!]!, LINEAR[green[at]!]!, LINEAR[blue[at]!]!];
    const x = F[Math.round((STEPS * (0.412453 * r + 0.35758 * g + 0.180423 * b)) / 0.95047)]!;
    const y = F[Math.round(STEPS * (0.212671 * r + 0.71516 * g + 0.072169 * b))]!;
    const z = F[Math.round((STEPS * (0.019334 * r + 0.119193 * g + 0.950227 * b)) / 1.08883)]!;
    lab.l[at] = Math.round(UNIT * (116 * y - 16));
    lab.a[at] = Math.round(UNIT * 500 * (x - y));
    lab.b[at] = Math.round(UNIT * 200 * (y - z));
  }
  return lab;
}

type Bytes = Uint8ClampedArray;

function smoothed({ data, width, height }: Photo, channel: number, sigma: number): Bytes {
  const plane = new Float32Array(width * height);
  for (let pixel = 0; pixel < plane.length; pixel++) plane[pixel] = data[3 * pixel + channel]!;
  return new Uint8ClampedArray(sigma > 0 ? gaussianBlur(plane, height, width, sigma, Math.ceil(3 * sigma)) : plane);
}
