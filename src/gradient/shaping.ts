/** Values in the shape of other values, whatever that is when the model runs. */
import type { Builder } from '../onnx/builder.ts';

export const reshapeLike = (b: Builder, value: string, like: string): string =>
  b.op('Reshape', [value, b.op('Shape', [like])]);

export const expandLike = (b: Builder, value: string, like: string): string =>
  b.op('Expand', [value, b.op('Shape', [like])]);

export const zerosLike = (b: Builder, like: string): string => b.op('ConstantOfShape', [b.op('Shape', [like])]);

/** The length [1] of a value along an axis. */
export const lengthAlong = (b: Builder, value: string, axis: number): string =>
  b.op('Gather', [b.op('Shape', [value]), b.constant('int64', [axis])]);

/** 0, 1, … below a limit [1]. */
export function range(b: Builder, limit: string): string {
  const [zero, one] = [b.constant('int64', 0), b.constant('int64', 1)];
  return b.op('Range', [zero, b.op('Squeeze', [limit]), one]);
}

/** The value with axes of length 1 put in; they are counted in the result. */
export const withAxes = (b: Builder, value: string, axes: readonly number[]): string =>
  axes.length > 0 ? b.op('Unsqueeze', [value, b.constant('int64', axes)]) : value;

/** The value without some of its axes, of length 1. */
export const withoutAxes = (b: Builder, value: string, axes: readonly number[]): string =>
  axes.length > 0 ? b.op('Squeeze', [value, b.constant('int64', axes)]) : value;

/**
 * Zeros around a value along one axis, `begin` [1] before and `end` [1] after it. Pads are given for all axes, as ONNX Runtime's
 * transpose optimizer takes those of an `axes` input for more than they are (1.30: "indices element out of data bounds").
 */
export function padAlong(b: Builder, value: string, rank: number, axis: number, begin: string, end: string): string {
  const zeros = (count: number) => b.constant('int64', Array(count).fill(0));
  const before = (axis + rank) % rank;
  return b.op('Pad', [
    value,
    b.op('Concat', [zeros(before), begin, zeros(rank - 1), end, zeros(rank - 1 - before)], { axis: 0 }),
  ]);
}
