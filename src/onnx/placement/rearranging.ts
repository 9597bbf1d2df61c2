/** Operators that fold axes otherwise, or change their order. */
import { numbersAttribute } from '../attributes.ts';
import { regroup } from './regroup.ts';
import type { Move, Moves } from './step.ts';

const Reshape: Move = ({ placements: [before], shape }) => {
  const axes = before && regroup(before.axes, shape);
  return axes && { ...before, axes };
};

const Transpose: Move = ({ node, placements: [before] }) => {
  if (!before) return undefined;
  const order = numbersAttribute(node, 'perm', before.axes.map((_, axis) => axis).reverse());
  return { ...before, axes: order.map((axis) => before.axes[axis]!) };
};

export const rearranging: Moves = {
  Reshape,
  Flatten: Reshape,
  Squeeze: Reshape,
  Unsqueeze: Reshape,
  Transpose,
};
