/** Operators of the domain com.microsoft, which ONNX Runtime and Hugging Face's Optimum write when they optimise a model. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { broadcasting, undoBroadcast } from '../broadcasting.ts';
import { type Gradients, type Rule, type RuleContext, refuse } from '../rule.ts';
import { Swish } from './activation.ts';
import { geluSlope } from './gelu-slope.ts';
import { rootMeanSquare, standardised } from './standardised.ts';

/** y = gelu(x + bias) */
const gelu = (approximate: boolean): Rule =>
  broadcasting((context) => {
    const { dy, x, inputs, mul, add, node } = context;
    const dx = mul(dy, geluSlope(context, inputs[1] ? add(x, inputs[1]) : x, approximate));
    return node.inputs.map(() => dx);
  });
export const Gelu = gelu(false);
export const BiasGelu = gelu(false);
export const FastGelu = gelu(true);

/** Swish whose α is 1.702, if it is not said. */
export const QuickGelu: Rule = (context) => {
  const alpha = { kind: 'float', value: numberAttribute(context.node, 'alpha', 1.702) } as const;
  return Swish({ ...context, node: { ...context.node, attributes: { alpha } } });
};

/** y = LayerNormalization(s), s = x + skip + bias; s may itself be used again, as the fourth output. */
export const SkipLayerNormalization: Rule = (context) => {
  const { node, inputs, mul } = context;
  const [x, skip, scale, , bias] = inputs;
  return ofSum(context, [x, skip, bias], (s, dy, axis) =>
    standardised(context, s, mul(dy, scale), [axis], numberAttribute(node, 'epsilon', 1e-12)),
  );
};

/** y = RMSNormalization(s), with s as above. */
export const SkipSimplifiedLayerNormalization: Rule = (context) => {
  const { node, inputs, mul } = context;
  const [x, skip, scale, bias] = inputs;
  return ofSum(context, [x, skip, bias], (s, dy, axis) =>
    rootMeanSquare(context, s, mul(dy, scale), [axis], numberAttribute(node, 'epsilon', 1e-12)),
  );
};

/** The gradient of s = x + skip + bias, from that of what is made of s along the last axis, and of s itself. */
function ofSum(
  context: RuleContext,
  terms: readonly string[],
  normalised: (s: string, dy: string, axis: number) => string,
): Gradients {
  const { node, inputs, dys, add, wants, shapeOf } = context;
  const [x, skip] = inputs;
  const axis = (shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand')) - 1;
  const [dy, , , again] = dys;
  const back = dy && normalised(add(...terms.filter(Boolean)), dy, axis);
  const ds = add(...[back, again].filter((gradient) => gradient !== undefined));
  return [ds, wants(1) ? undoBroadcast(context, ds, skip) : undefined];
}

/** y = x Wᵀ, where the columns of W are the products with the columns of the identity. */
export const MatMulNBits: Rule = ({ node, b, dy, inputs: [, ...weights] }) => {
  const [K, N, bits, block_size] = ['K', 'N', 'bits', 'block_size'].map((name) => numberAttribute(node, name, 0));
  const identity = b.op('EyeLike', [b.op('ConstantOfShape', [b.constant('int64', [K!, K!])])]);
  const columns = b.op('MatMulNBits', [identity, ...weights.slice(0, 4)], { K, N, bits, block_size }, node.domain);
  return [b.op('MatMul', [dy, b.op('Transpose', [columns], { perm: [1, 0] })])];
};
