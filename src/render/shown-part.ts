/** Which part of the photo a picture shows, and where the model's input lies on it. */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import type { Size } from '../image/preprocess.ts';
import { resizePart } from '../image/resize-part.ts';

/** `photo`: all of it at its own resolution; `model`: the part that the model saw, at the size of its input. */
export type ShownPart = 'photo' | 'model';

/** @throws `ERR_OPTION` where there is no such part or the photo is another one */
export function shownPart(
  { view, inputSize }: Attribution,
  photo: Photo,
  part: ShownPart = 'photo',
): { shown: Photo; view: View } {
  checkPhoto(photo, view);
  if (checkChoice(part, 'view', ['photo', 'model']) === 'photo') return { shown: photo, view };
  const [height, width] = inputSize;
  return {
    shown: resizePart(photo, view.crop, width, height, 'bilinear'),
    view: { width, height, crop: [0, 0, width, height] },
  };
}

/** Where the model's input lies when what is shown is drawn in another size. */
export function scaledView({ width, height, crop: [x, y, cropWidth, cropHeight] }: View, size: Size): View {
  const [perX, perY] = [size.width / width, size.height / height];
  return { width: size.width, height: size.height, crop: [x * perX, y * perY, cropWidth * perX, cropHeight * perY] };
}

/** Throws `ERR_OPTION` unless the photo has the size of the one that was explained. */
export function checkPhoto(photo: Photo, { width, height }: View): void {
  if (photo.width === width && photo.height === height) return;
  throw expected(
    'ERR_OPTION',
    'photo',
    `the one that was explained, ${width} × ${height}`,
    `${photo.width} × ${photo.height}`,
  );
}
