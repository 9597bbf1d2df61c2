import { numberAttribute } from '../../onnx/attributes.ts';
import type { Shape } from '../../onnx/graph.ts';
import { type RuleContext, refuse } from '../rule.ts';
import { withAxes } from '../shaping.ts';

/** A scale for each index along an axis, laid beside x. */
export function perAxis({ node, b, x, shapeOf }: RuleContext, scale: string): string {
  const lengths = shapeOf(scale);
  if (sizeOf(lengths) === 1) return scale;
  const rank = shapeOf(x)?.length;
  if (rank === undefined || lengths?.length !== 1) refuse(node, 'one scale, or one for each index along an axis');
  const axis = (numberAttribute(node, 'axis', 1) + rank) % rank;
  return withAxes(b, scale, [...Array(rank - axis).keys()].slice(1));
}

export const sizeOf = (shape: Shape | undefined) =>
  shape?.reduce((size: number, length) => (typeof length === 'number' ? size * length : Number.NaN), 1);
