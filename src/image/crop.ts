import type { Photo } from '../core/predictor.ts';

/** The rectangle of a photo that begins at (left, top), whole pixels; black where it reaches beyond the photo. */
export function crop(photo: Photo, left: number, top: number, width: number, height: number): Photo {
  if (left === 0 && top === 0 && width === photo.width && height === photo.height) return photo;
  const data = new Uint8Array(width * height * 3);
  const [from, to] = [Math.max(0, left), Math.min(photo.width, left + width)];
  for (let y = Math.max(0, -top); y < Math.min(height, photo.height - top); y++) {
    const row = (top + y) * photo.width;
    if (from < to) data.set(photo.data.subarray((row + from) * 3, (row + to) * 3), (y * width + from - left) * 3);
  }
  return { data, width, height };
}
