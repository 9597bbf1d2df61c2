/**
 * The way back of a sliding window: ConvTranspose writes (n − 1) s + (k − 1) d + 1 values for n positions.
 * What lies outside the input is cut off by pads; what no window reached is added by output_padding.
 */
import type { Sliding } from '../../onnx/attributes.ts';
import { type RuleContext, refuse } from '../rule.ts';

/** The spatial lengths of a value [N, C, …]. */
export function spatialOf({ node, shapeOf }: RuleContext, value: string): number[] {
  const spatial = shapeOf(value)?.slice(2) ?? [undefined];
  return spatial.map((length) =>
    typeof length === 'number' ? length : refuse(node, `height and width of '${value}' known beforehand`),
  );
}

/** ConvTranspose's attributes that lead from `positions` back to an input of `lengths`. */
export function transposedSliding(sliding: Sliding, lengths: readonly number[], positions: readonly number[]) {
  const { kernel, strides, dilations } = sliding;
  const begins = sliding.pads.slice(0, kernel.length);
  const surplus = kernel.map((size, axis) => {
    const reached = (positions[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1;
    return reached - begins[axis]! - lengths[axis]!;
  });
  return {
    strides,
    dilations,
    pads: [...begins, ...surplus.map((length) => Math.max(0, length))],
    output_padding: surplus.map((length) => Math.max(0, -length)),
  };
}
