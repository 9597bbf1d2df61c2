/**
 * From the model's input to the photo. The centre of photo pixel x lies at x + ½; on the model's input, whose pixel
 * centres are whole numbers, it is u = (x + ½ − cropX) / cropWidth · inputWidth − ½, and in cells (u − origin) / step.
 */
import { type Mapped, type SpatialMap, spatialMap } from '../core/attribution.ts';
import type { View } from '../core/view.ts';
import { FILTERS, type Filter } from './resample.ts';

/** How a map is read between the centres of its cells: along straight lines, or as Pillow's bicubic filter does. */
export const INTERPOLATIONS = ['bilinear', 'bicubic'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

/**
 * The heatmap of an attribution on the photo's pixels: interpolated between the centres of cells, constant beyond the
 * outermost ones; segments keep their edges.
 *
 * @param attribution of any method
 * @param view where the model's input lies on the picture that is wanted. Default: on the photo
 * @param interpolation `bilinear` (default) or `bicubic`
 * @returns [view.height, view.width]; outside the crop it continues the nearest cell
 * @example
 * ```ts
 * const heat = project(await gradCam(model, photo));
 * ```
 */
export function project(
  attribution: Mapped,
  view: View = attribution.view,
  interpolation: Interpolation = 'bilinear',
): Float32Array {
  const { data, segments, inputSize } = attribution;
  if (!segments) return projectMap(spatialMap(attribution), inputSize, view, interpolation);
  const labels = projectLabels(segments, inputSize, view);
  const out = new Float32Array(labels.length);
  for (let pixel = 0; pixel < out.length; pixel++) out[pixel] = data[labels[pixel]!] ?? 0;
  return out;
}

/** A map on the photo's pixels [view.height, view.width]: interpolated where they are finer than its cells, else averaged. */
export function projectMap(
  map: SpatialMap,
  [inputHeight, inputWidth]: InputSize,
  view: View,
  interpolation: Interpolation = 'bilinear',
): Float32Array {
  const filter = FILTERS[interpolation];
  const { data, width, height, lattice } = map;
  const [x, y, cropWidth, cropHeight] = view.crop;
  const toCellX = (place: number) => (inputPlace(place, x, cropWidth, inputWidth) - lattice.originX) / lattice.stepX;
  const toCellY = (place: number) => (inputPlace(place, y, cropHeight, inputHeight) - lattice.originY) / lattice.stepY;
  const columns = Array.from({ length: view.width }, (_, at) => shares(at, toCellX, width, filter));
  const rows = Array.from({ length: view.height }, (_, at) => shares(at, toCellY, height, filter));

  const wide = new Float64Array(height * view.width);
  for (let row = 0; row < height; row++) {
    columns.forEach((column, at) => {
      for (const { cell, weight } of column) wide[row * view.width + at]! += weight * data[row * width + cell]!;
    });
  }
  const out = new Float32Array(view.height * view.width);
  const line = new Float64Array(view.width);
  rows.forEach((row, at) => {
    line.fill(0);
    for (const { cell, weight } of row) addScaled(line, wide.subarray(cell * view.width), weight);
    out.set(line, at * view.width);
  });
  return out;
}

function addScaled(line: Float64Array, values: Float64Array, weight: number): void {
  for (let at = 0; at < line.length; at++) line[at]! += weight * values[at]!;
}

/** How much of a cell a pixel takes. */
interface Share {
  readonly cell: number;
  readonly weight: number;
}

/** What a pixel takes along one axis: the mean of what is read at its centre, or at one place for each cell it covers. */
function shares(pixel: number, toCell: (place: number) => number, count: number, filter: Filter): Share[] {
  const places = Math.max(1, Math.round(toCell(pixel + 1) - toCell(pixel)));
  return Array.from({ length: places }, (_, at) => read(toCell(pixel + (at + 0.5) / places), count, filter))
    .flat()
    .map(({ cell, weight }) => ({ cell, weight: weight / places }));
}

/** The cells in reach of a place, which is at most half a cell beyond the outermost; cells that there are not count for nothing. */
function read(place: number, count: number, { support, weight }: Filter): Share[] {
  const at = Math.min(Math.max(place, -0.5), count - 0.5);
  const first = Math.max(0, Math.ceil(at - support));
  const last = Math.min(count - 1, Math.floor(at + support));
  const found = Array.from({ length: last - first + 1 }, (_, cell) => ({
    cell: first + cell,
    weight: weight(at - first - cell),
  }));
  const total = found.reduce((sum, share) => sum + share.weight, 0);
  return found.map((share) => ({ cell: share.cell, weight: share.weight / total }));
}

/**
 * A label map [H · W] of the model's input on the photo's pixels.
 *
 * @returns [view.height, view.width]; −1 where the model's crop did not see the photo
 */
export function projectLabels(labels: Int32Array, [inputHeight, inputWidth]: InputSize, view: View): Int32Array {
  const [x, y, cropWidth, cropHeight] = view.crop;
  const columns = Array.from({ length: view.width }, (_, at) =>
    nearest(inputPlace(at + 0.5, x, cropWidth, inputWidth), inputWidth),
  );
  const rows = Array.from({ length: view.height }, (_, at) =>
    nearest(inputPlace(at + 0.5, y, cropHeight, inputHeight), inputHeight),
  );
  const out = new Int32Array(view.width * view.height);
  rows.forEach((row, atY) => {
    columns.forEach((column, atX) => {
      out[atY * view.width + atX] = row < 0 || column < 0 ? -1 : labels[row * inputWidth + column]!;
    });
  });
  return out;
}

/** A label map [view.height · view.width] of the photo at the pixels of the model's input [height · width]: at their centres. */
export function labelsOnInput(labels: ArrayLike<number>, [height, width]: InputSize, view: View): Int32Array {
  const [x, y, cropWidth, cropHeight] = view.crop;
  const column = (at: number) => photoPixel(at, x, cropWidth, width, view.width);
  const row = (at: number) => photoPixel(at, y, cropHeight, height, view.height);
  return Int32Array.from(
    { length: height * width },
    (_, at) => labels[row(Math.floor(at / width)) * view.width + column(at % width)]!,
  );
}

/** The photo's pixel under the centre of a pixel of the model's input. */
const photoPixel = (pixel: number, start: number, extent: number, size: number, most: number) =>
  Math.min(Math.max(Math.floor(start + ((pixel + 0.5) / size) * extent), 0), most - 1);

/** Whether the model's crop saw a photo pixel. */
export function isSeen({ crop: [left, top, width, height] }: View, x: number, y: number): boolean {
  return isWithin(x, left, width) && isWithin(y, top, height);
}

/** Whether the centre of a row or column of pixels lies in a span. */
export const isWithin = (pixel: number, start: number, extent: number): boolean =>
  pixel + 0.5 > start && pixel + 0.5 < start + extent;

type InputSize = readonly [height: number, width: number];

/** A place of the photo on the model's input, whose first pixel has its centre at 0. */
const inputPlace = (place: number, start: number, extent: number, size: number) =>
  ((place - start) / extent) * size - 0.5;

/** The pixel of the model's input at a place, or −1 where there is none. */
const nearest = (place: number, size: number) => {
  const pixel = Math.floor(place + 0.5);
  return pixel >= 0 && pixel < size ? pixel : -1;
};
