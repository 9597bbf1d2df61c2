/** A dense array of numbers with a shape, in C order. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The number of elements of a shape: 1 for `[]`. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/** A tensor of zeros in shared memory, so that worker threads see it without a copy. */
export function sharedTensor(shape: readonly number[]): Tensor {
  return { data: new Float32Array(new SharedArrayBuffer(4 * sizeOf(shape))), shape };
}

/** The largest value less the smallest. */
export function rangeOf({ data }: Tensor): number {
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return most - least;
}
