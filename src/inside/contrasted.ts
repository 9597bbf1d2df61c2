import { pixelsOf } from '../core/pixels.ts';
import type { Photo } from '../core/predictor.ts';
import type { Tensor } from '../core/tensor.ts';

/** Values [C, H, W] to look at: their mean becomes the middle of 0–255, three standard deviations reach its ends. */
export function contrasted({ data, shape }: Tensor): Photo {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  const gain = deviation > 0 ? 127.5 / (3 * deviation) : 0;
  const channels = shape[0]!;
  const normalisation = { mean: Array(channels).fill(127.5 - mean * gain), std: Array(channels).fill(gain) };
  return pixelsOf({ data, shape }, normalisation);
}
