import type { SpatialMap } from './attribution.ts';

/**
 * The value of a map at a point of the model's input, where the centre of the first pixel is (0, 0): bilinear between
 * the centres of the cells, and the nearest cell's value beyond the outermost centres.
 */
export function sample({ data, height, width, lattice }: SpatialMap, y: number, x: number): number {
  const row = clamp((y - lattice.originY) / lattice.stepY, height - 1);
  const column = clamp((x - lattice.originX) / lattice.stepX, width - 1);
  const top = Math.floor(row);
  const left = Math.floor(column);
  const bottom = Math.min(top + 1, height - 1);
  const right = Math.min(left + 1, width - 1);
  const at = (i: number, j: number) => data[i * width + j]!;
  const upper = at(top, left) + (column - left) * (at(top, right) - at(top, left));
  const lower = at(bottom, left) + (column - left) * (at(bottom, right) - at(bottom, left));
  return upper + (row - top) * (lower - upper);
}

/** A map at every pixel of the model's input [height · width]. */
export function onInput(map: SpatialMap, [height, width]: readonly [number, number]): Float32Array {
  return Float32Array.from({ length: height * width }, (_, at) => sample(map, Math.floor(at / width), at % width));
}

const clamp = (value: number, most: number) => Math.min(Math.max(value, 0), most);
