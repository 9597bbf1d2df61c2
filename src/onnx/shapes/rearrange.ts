/** The elements of small tensors (a shape, some pads) that an operator only moves about. */
import { sizeOf } from '../../core/tensor.ts';
import type { Dimension, Shape } from '../graph.ts';
import type { Known } from './rule.ts';

/** The content of a result of `shape` whose element at `position` is that of `x` at `from(position)`. */
export function rearrange(
  x: Known,
  shape: Shape,
  from: (position: readonly number[]) => readonly number[],
): readonly Dimension[] | undefined {
  const [before, after] = [lengthsOf(x.shape), lengthsOf(shape)];
  if (!x.content || !before || !after || sizeOf(after) > x.content.length) return undefined;
  return Array.from({ length: sizeOf(after) }, (_, flat) => x.content![flatten(from(unflatten(flat, after)), before)]!);
}

const lengthsOf = (shape: Shape | undefined): readonly number[] | undefined =>
  shape?.every((length): length is number => typeof length === 'number') ? shape : undefined;

const flatten = (position: readonly number[], lengths: readonly number[]) =>
  position.reduce((flat, at, axis) => flat * lengths[axis]! + at, 0);

const unflatten = (flat: number, lengths: readonly number[]) =>
  lengths.map((length, axis) => Math.floor(flat / sizeOf(lengths.slice(axis + 1))) % length);
