/** The values of three channels as red, green and blue: mid grey is 0, so that the colours that count show as themselves. */
import type { Attribution } from '../core/attribution.ts';
import type { View } from '../core/view.ts';
import { isSeen, projectMap } from '../image/project.ts';
import type { ScaleOptions } from './colour-scale.ts';
import type { Painting } from './paint.ts';
import { strongest } from './scale.ts';

/** Whether an attribution has a value for each of three channels. */
export const hasChannels = ({ shape }: Attribution): boolean => shape.length === 3 && shape[0] === 3;

/** Paints values [3, h, w]; the strongest of all channels reaches 0 or 255. What the model did not see is dark. */
export function paintChannels(attribution: Attribution, view: View, options: ScaleOptions): Painting {
  const { data, shape, lattice, inputSize } = attribution;
  const [, height, width] = shape as [number, number, number];
  const most = strongest(data, options.outlierPercentile) || 1;
  const planes = [0, 1, 2].map((channel) => {
    const values = data.subarray(channel * height * width, (channel + 1) * height * width);
    return projectMap({ data: values, height, width, lattice }, inputSize, view);
  });
  const painted = new Uint8ClampedArray(view.width * view.height * 4);
  for (let pixel = 0; pixel < view.width * view.height; pixel++) {
    const seen = isSeen(view, pixel % view.width, Math.floor(pixel / view.width));
    planes.forEach((plane, channel) => {
      painted[pixel * 4 + channel] = seen ? 127.5 + (127.5 * plane[pixel]!) / most : UNSEEN;
    });
    painted[pixel * 4 + 3] = 255;
  }
  return { data: painted, width: view.width, height: view.height };
}

const UNSEEN = 58;
