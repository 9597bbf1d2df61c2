/** Operators of the domain com.microsoft, which ONNX Runtime and Hugging Face's Optimum write when they optimise a model. */
import { numberAttribute } from '../../onnx/attributes.ts';
import type { Rule } from '../rule.ts';
import { Swish } from './activation.ts';

/** Swish whose α is 1.702, if it is not said. */
export const QuickGelu: Rule = (context) => {
  const alpha = { kind: 'float', value: numberAttribute(context.node, 'alpha', 1.702) } as const;
  return Swish({ ...context, node: { ...context.node, attributes: { alpha } } });
};

/** y = x Wᵀ, where the columns of W are the products with the columns of the identity. */
export const MatMulNBits: Rule = ({ node, b, dy, inputs: [, ...weights] }) => {
  const [K, N, bits, block_size] = ['K', 'N', 'bits', 'block_size'].map((name) => numberAttribute(node, name, 0));
  const identity = b.op('EyeLike', [b.op('ConstantOfShape', [b.constant('int64', [K!, K!])])]);
  const columns = b.op('MatMulNBits', [identity, ...weights.slice(0, 4)], { K, N, bits, block_size }, node.domain);
  return [b.op('MatMul', [dy, b.op('Transpose', [columns], { perm: [1, 0] })])];
};
