import type { Normalisation, Photo } from './predictor.ts';
import type { Tensor } from './tensor.ts';

/**
 * What a model's input [C, H, W] looks like: pixel = x · std + mean, rounded and cut to 0–255.
 * One channel becomes grey; of more than three the first three are shown.
 */
export function pixelsOf({ data: values, shape }: Tensor, { mean, std }: Normalisation): Photo {
  const [channels, height, width] = shape as [number, number, number];
  const plane = height * width;
  const data = new Uint8ClampedArray(3 * plane);
  for (let colour = 0; colour < 3; colour++) {
    const channel = Math.min(colour, channels - 1);
    for (let pixel = 0; pixel < plane; pixel++) {
      data[3 * pixel + colour] = values[channel * plane + pixel]! * std[channel]! + mean[channel]!;
    }
  }
  return { data: new Uint8Array(data.buffer), width, height };
}
