/** Operators of the domain com.microsoft, which ONNX Runtime and Hugging Face's Optimum write when they optimise a model. */
import { numberAttribute, numbersAttribute, stringAttribute } from '../../onnx/attributes.ts';
import { broadcasting, undoBroadcast } from '../broadcasting.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { Swish } from './activation.ts';
import { Conv } from './convolution.ts';
import { geluSlope } from './gelu-slope.ts';
import { standardised } from './standardised.ts';

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
  const { node, inputs, dys, add, mul, wants, shapeOf } = context;
  const [x, skip, scale, , bias] = inputs;
  const axis = (shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand')) - 1;
  const s = add(...[x, skip, bias].filter(Boolean));
  const [dy, , , again] = dys;
  const back = dy && standardised(context, s, mul(dy, scale), [axis], numberAttribute(node, 'epsilon', 1e-12));
  const ds = add(...[back, again].filter((gradient) => gradient !== undefined));
  return [ds, wants(1) ? undoBroadcast(context, ds, skip) : undefined];
};

/** y = f(Conv(x, w, bias) + z) */
export const FusedConv: Rule = (context) => {
  const beforeActivation = activated(context);
  const [dx, dw, dbias] = Conv({ ...context, dy: beforeActivation });
  return [dx, dw, dbias, beforeActivation].slice(0, context.node.inputs.length);
};

/** dy · f′, written with y. */
function activated({ node, dy, y, mul, sub, where, greater, less, and, indicator }: RuleContext): string {
  const activation = stringAttribute(node, 'activation', '');
  const [first = 0, second = 0] = numbersAttribute(node, 'activation_params', []);
  const between = (low: number, high: number) => indicator(and(greater(y, low), less(y, high)));
  switch (activation) {
    case 'Relu':
      return mul(dy, indicator(greater(y, 0)));
    case 'LeakyRelu':
      return where(greater(y, 0), dy, mul(dy, first));
    case 'Clip':
      return mul(dy, between(first, second));
    case 'HardSigmoid':
      return mul(dy, first, between(0, 1));
    case 'Sigmoid':
      return mul(dy, y, sub(1, y));
    case 'Tanh':
      return mul(dy, sub(1, mul(y, y)));
    default:
      return refuse(node, `an activation that is known instead of '${activation}'`);
  }
}
