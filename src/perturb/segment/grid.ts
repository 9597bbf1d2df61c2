import type { Rectangle } from '../window.ts';

/**
 * Divides a picture into `segments` rectangles of nearly equal size, numbered row by row: a label map [H · W] with the
 * labels 0 … segments − 1. A picture with fewer pixels than that gets one segment per pixel.
 * @example
 * grid({ height: 2, width: 4 }, 2); // 0 0 1 1 0 0 1 1
 */
export function grid({ height, width }: Rectangle, segments: number): Int32Array {
  const count = Math.min(segments, height * width);
  const most = Math.min(height, count);
  const rows = Math.min(most, Math.max(Math.ceil(count / width), Math.round(Math.sqrt((count * height) / width))));
  const firstOf = (row: number) => Math.floor((row * count) / rows);
  const labels = new Int32Array(height * width);
  for (let y = 0, at = 0; y < height; y++) {
    const first = firstOf(Math.floor((y * rows) / height));
    const columns = firstOf(Math.floor((y * rows) / height) + 1) - first;
    for (let x = 0; x < width; x++, at++) labels[at] = first + Math.floor((x * columns) / width);
  }
  return labels;
}
