/** y = P θᵀ for the places P [N, positions, d + 1] of the pixels, of which the last element is 1  →  dθ = dyᵀ P */
import { numberAttribute } from '../../onnx/attributes.ts';
import { type Rule, refuse } from '../rule.ts';

/** The grid that the identity makes is the places themselves. */
export const AffineGrid: Rule = ({ node, b, x, dy, inputs: [, size], shapeOf }) => {
  const d = shapeOf(x)?.[1];
  if (typeof d !== 'number') refuse(node, 'θ of a shape known beforehand');
  const identity = b.constant(
    'float32',
    Array.from({ length: d * (d + 1) }, (_, at) => Number(at % (d + 2) === 0)),
    [1, d, d + 1],
  );
  const same = b.op('Expand', [identity, b.op('Shape', [x])]);
  const rows = (grid: string) => b.op('Reshape', [grid, b.constant('int64', [0, -1, d])]);
  const align_corners = numberAttribute(node, 'align_corners', 0);
  const places = rows(b.op('AffineGrid', [same, size], { align_corners }));
  const padded = b.op('Pad', [places, b.constant('int64', [0, 0, 0, 0, 0, 1]), b.constant('float32', 1)]);
  return [b.op('MatMul', [b.op('Transpose', [rows(dy)], { perm: [0, 2, 1] }), padded]), undefined];
};
