import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { projectLabels } from '../image/project.ts';
import { checkPhoto } from './shown-part.ts';

/** What has segments: LIME's attributions and their like. */
export interface Segmented {
  /** The label map [H · W] of the model's input. */
  readonly segments: Int32Array;
  readonly inputSize: readonly [height: number, width: number];
  readonly view: View;
}

/**
 * Draws the boundaries of segments over the photo, in yellow, about 1/300 of the photo thick.
 *
 * @param segmented a label map and where it lies on the photo
 * @param photo RGB, at its own resolution
 * @returns a new photo
 * @example
 * ```ts
 * await writeFile('segments.png', await png(boundaries(explanation, photo)));
 * ```
 */
export function boundaries({ segments, inputSize, view }: Segmented, photo: Photo): Photo {
  checkPhoto(photo, view);
  const labels = projectLabels(segments, inputSize, view);
  const reach = Math.max(1, Math.round(Math.min(photo.width, photo.height) / 300));
  return outlined(photo, labels, reach);
}

/** Draws a line over each pixel whose neighbour `reach` to the right or below has another label. */
export function outlined(photo: Photo, labels: ArrayLike<number>, reach: number): Photo {
  const { width, height } = photo;
  const data = Uint8Array.from(photo.data);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const right = y * width + Math.min(x + reach, width - 1);
      const below = Math.min(y + reach, height - 1) * width + x;
      if (labels[at] !== labels[right] || labels[at] !== labels[below]) data.set(YELLOW, at * 3);
    }
  }
  return { data, width, height };
}

const YELLOW = [255, 221, 0];
