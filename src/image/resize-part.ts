import type { Photo } from '../core/predictor.ts';
import { crop } from './crop.ts';
import type { Resample } from './resample.ts';
import { type Box, resize } from './resize.ts';

/** A part of a photo, resized; black where the part reaches beyond the photo. */
export function resizePart(
  photo: Photo,
  [x, y, boxWidth, boxHeight]: Box,
  width: number,
  height: number,
  resample: Resample,
): Photo {
  const [perX, perY] = [boxWidth / width, boxHeight / height];
  const [left, right] = inside(x / perX, photo.width / perX, width);
  const [top, bottom] = inside(y / perY, photo.height / perY, height);
  const box: Box = [x + left * perX, y + top * perY, (right - left) * perX, (bottom - top) * perY];
  return crop(resize(photo, right - left, bottom - top, resample, box), -left, -top, width, height);
}

/** The pixels of [start, start + size) that lie on [0, length), counted from `start`. */
function inside(start: number, length: number, size: number): [number, number] {
  return [Math.max(0, Math.round(-start)), Math.min(size, Math.round(length - start))];
}
