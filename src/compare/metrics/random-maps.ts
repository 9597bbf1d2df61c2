/**
 * Random attributions to measure an attribution against: independent uniform numbers on square cells, as large as the
 * attribution's own detail. Noise of single pixels would be no match: to take pixels away here and there disturbs a
 * network more than to take a region away, whatever the region shows.
 */
import { random } from '../../core/random.ts';

/** How many random maps a metric is averaged over. */
export const RANDOM_MAPS = 5;

/**
 * How coarse a map is, in pixels, a power of two: twice the distance at which its autocorrelation falls to one half, which
 * for independent square cells is their side.
 */
export function grainOf(map: Float32Array, height: number, width: number): number {
  const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
  const centred = Float64Array.from(map, (value) => value - mean);
  const most = Math.max(1, Math.floor(Math.min(height, width) / 4));
  const variance = correlation(centred, height, width, 0);
  let before = 1;
  for (let distance = 1; distance < most; distance++) {
    const after = correlation(centred, height, width, distance) / variance;
    if (after < 0.5) return powerOfTwo(2 * (distance - 1 + (before - 0.5) / (before - after)), most);
    before = after;
  }
  return powerOfTwo(most, most);
}

const powerOfTwo = (length: number, most: number) =>
  2 ** Math.max(0, Math.min(Math.round(Math.log2(length)), Math.floor(Math.log2(most))));

/** The mean product of values `distance` apart, along rows and columns. */
function correlation(values: Float64Array, height: number, width: number, distance: number): number {
  let total = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (x + distance < width) total += values[at]! * values[at + distance]!;
      if (y + distance < height) total += values[at]! * values[at + distance * width]!;
    }
  }
  return total / (height * (width - distance) + width * (height - distance));
}

/** Random map number `index` [height · width] of a grain: cells of one value each, the first of them cut at random. */
export function randomMap(seed: number, index: number, grain: number, height: number, width: number): Float32Array {
  const { integer, uniform } = random(seed, grain * RANDOM_MAPS + index);
  const [top, left] = [integer(grain), integer(grain)];
  const columns = Math.ceil(width / grain) + 1;
  const cells = Float32Array.from({ length: (Math.ceil(height / grain) + 1) * columns }, uniform);
  const cellOf = (pixel: number, cut: number) => Math.floor((pixel + cut) / grain);
  return Float32Array.from({ length: height * width }, (_, at) => {
    return cells[cellOf(Math.floor(at / width), top) * columns + cellOf(at % width, left)]!;
  });
}
