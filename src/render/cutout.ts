import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import { outlined } from './boundaries.ts';

/** One number for each pixel of a photo [height · width]: 0 not chosen, 1 speaks for the class, 2 against it. */
export interface Mask {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Whether what is not chosen becomes grey. Default: false. */
  readonly hideRest?: boolean;
}

/**
 * Shows what a mask chooses, with a line around it. Where a mask has both signs, what speaks for the class is tinted red
 * and what speaks against it blue, the colours of the heatmaps.
 *
 * @param photo RGB, at its own resolution
 * @param mask of the photo's size, such as LIME's
 * @returns a new photo
 * @throws `ERR_OPTION` where the mask has another size
 * @example
 * ```ts
 * await writeFile('cutout.png', await png(cutout(photo, explanation.mask({ top: 5, hideRest: true }))));
 * ```
 */
export function cutout(photo: Photo, mask: Mask): Photo {
  const { width, height } = photo;
  if (mask.width !== width || mask.height !== height) {
    throw expected('ERR_OPTION', 'mask', `the photo's size, ${width} × ${height}`, `${mask.width} × ${mask.height}`);
  }
  const data = Uint8Array.from(photo.data);
  const tints = mask.data.includes(2) ? [undefined, RED, BLUE] : [];
  mask.data.forEach((choice, pixel) => {
    const tint = tints[choice];
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel;
      if (tint) data[at] = (data[at]! + tint[channel]!) / 2;
      else if (choice === 0 && mask.hideRest) data[at] = GREY;
    }
  });
  return outlined({ data, width, height }, mask.data, Math.max(1, Math.round(Math.min(width, height) / 300)));
}

const GREY = 128;
const RED = [216, 48, 31];
const BLUE = [36, 85, 204];
