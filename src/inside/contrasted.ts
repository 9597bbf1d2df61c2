import { pixelsOf } from '../core/pixels.ts';
import type { Photo } from '../core/predictor.ts';
import type { Tensor } from '../core/tensor.ts';

/** Of the values, those farthest from the mean are cut off. */
const OUTLIERS = 0.005;

/** Values [C, H, W] to look at: their mean becomes the middle of 0–255, all but the farthest half per cent fit between its ends. */
export function contrasted({ data, shape }: Tensor): Photo {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const distances = data.map((value) => Math.abs(value - mean)).sort();
  const reach = distances[Math.floor((1 - OUTLIERS) * (distances.length - 1))]!;
  const gain = distances.at(-1)! > 0 ? 127.5 / Math.max(reach, LEAST * distances.at(-1)!) : 0;
  const channels = shape[0]!;
  return pixelsOf(
    { data, shape },
    { mean: Array(channels).fill(127.5 - mean * gain), std: Array(channels).fill(gain) },
  );
}

/** Of the largest distance: where nearly all values are the same, the few others keep their shades. */
const LEAST = 0.25;
