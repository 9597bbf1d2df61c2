/**
 * Sliding windows over a picture: along a side of D pixels, windows of w with stride s start at 0, s, 2s, …,
 * ⌈(D − w) / s⌉ + 1 of them; the last one is cut off at the border.
 */
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';

/** Pixels of the model's input: one number for a square, `{ height, width }`, or text: `16`, `24x12` (height × width). */
export type Extent = number | string | Rectangle;

export interface Rectangle {
  readonly height: number;
  readonly width: number;
}

export interface Window extends Rectangle {
  readonly y: number;
  readonly x: number;
}

/** Every window over a picture, row by row. */
export function windows(picture: Rectangle, size: Rectangle, stride: Rectangle): Window[] {
  const columns = spans(picture.width, size.width, stride.width);
  return spans(picture.height, size.height, stride.height).flatMap((row) =>
    columns.map((column) => ({ y: row.start, x: column.start, height: row.length, width: column.length })),
  );
}

/** Where windows begin along a side, and how long each is. */
export function spans(side: number, size: number, stride: number): { start: number; length: number }[] {
  const count = Math.ceil((side - size) / stride) + 1;
  return Array.from({ length: count }, (_, at) => ({ start: at * stride, length: Math.min(size, side - at * stride) }));
}

/**
 * An extent as height and width, each a whole number from 1 to its `most`.
 * @throws `ERR_OPTION`
 */
export function rectangle(extent: Extent, name: string, most: Rectangle): Rectangle {
  const sides = typeof extent === 'object' ? [extent.height, extent.width] : sidesOf(extent);
  const [height, width = height] = sides;
  if (height === undefined || width === undefined || sides.length > 2 || sides.some(Number.isNaN)) {
    throw expected('ERR_OPTION', name, 'pixels as 16, or 24x12 for height × width', `'${extent}'`);
  }
  return {
    height: checkInteger(height, `${name} height`, 1, most.height),
    width: checkInteger(width, `${name} width`, 1, most.width),
  };
}

const sidesOf = (extent: number | string): number[] =>
  typeof extent === 'number'
    ? [extent]
    : extent
        .toLowerCase()
        .split('x')
        .map((side) => (side.trim() ? Number(side) : Number.NaN));
