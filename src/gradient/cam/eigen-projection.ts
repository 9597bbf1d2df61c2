/** What stands out most in the channels of a layer: their planes [C · plane] projected on their first right singular vector v. */
import { principalDirection } from './principal-direction.ts';
import { sum, weighted } from './weighted.ts';

/**
 * vₖ Aₖ for each channel k, with the sign by which the largest magnitude of their sum is positive. With A v = σ u, where u is the
 * first singular vector over the cells, v = Aᵀ u / σ.
 */
export function projected(channels: Float64Array, plane: number): Float64Array {
  const overCells = principalDirection(channels, plane);
  const strongest = overCells.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const sign = strongest < 0 ? -1 : 1;
  const products = Array.from({ length: channels.length / plane }, (_, channel) => {
    const own = channels.subarray(channel * plane, (channel + 1) * plane);
    return sign * own.reduce((total, value, cell) => total + value * overCells[cell]!, 0);
  });
  const length = Math.hypot(...products) || 1;
  const weights = products.map((product) => product / length);
  return weighted(channels, weights, plane);
}

/** Channels less their means. */
export function centred(channels: Float64Array, plane: number): Float64Array {
  const means = Array.from({ length: channels.length / plane }, (_, channel) => {
    return sum(channels.subarray(channel * plane, (channel + 1) * plane)) / plane;
  });
  return channels.map((value, at) => value - means[Math.floor(at / plane)]!);
}

/**
 * Planes that add up to a map as planes that add up to what they have most in common, pytorch-grad-cam's `eigen_smooth`. It leaves
 * the sign open; here the two maps point the same way.
 */
export function eigenSmoothed(planes: Float64Array, plane: number): Float64Array {
  const smooth = projected(centred(planes, plane), plane);
  const [before, after] = [total(planes, plane), total(smooth, plane)];
  const product = before.reduce((sum, value, cell) => sum + value * after[cell]!, 0);
  return product < 0 ? smooth.map((value) => -value) : smooth;
}

function total(planes: Float64Array, plane: number): Float64Array {
  const map = new Float64Array(plane);
  for (const [at, value] of planes.entries()) map[at % plane]! += value;
  return map;
}
