/** y = scale · x̂ + shift, x̂ = (x − μ) / σ, with g = dy · scale. With constant μ and σ: dx = g / σ. */
import { numberAttribute, numbersAttribute } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/graph.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';
import { rootMeanSquare, standardised } from './standardised.ts';

export const BatchNormalization: Rule = (context) => {
  const { node, dy, inputs, mul, div, sqrt, add } = context;
  const [, scale, , , variance] = inputs;
  if (numberAttribute(node, 'training_mode', 0) === 1) refuse(node, 'inference mode');
  const factor = div(scale, sqrt(add(variance, epsilonOf(node))));
  return [mul(dy, perChannel(context, factor))];
};

export const LayerNormalization: Rule = (context) => {
  const { node, x, dy, inputs, mul, shapeOf } = context;
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const axis = numberAttribute(node, 'axis', -1);
  const axes = [...Array(rank).keys()].slice(axis);
  return [standardised(context, x, mul(dy, inputs[1]), axes, epsilonOf(node))];
};

/** y = scale · x / r, r² = mean x² + ε */
export const RMSNormalization: Rule = (context) => {
  const { node, x, dy, inputs, mul, shapeOf } = context;
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const axes = [...Array(rank).keys()].slice(numberAttribute(node, 'axis', -1));
  return [rootMeanSquare(context, x, mul(dy, inputs[1]), axes, epsilonOf(node))];
};

/** ONNX Runtime's name for it before opset 23. */
export const SimplifiedLayerNormalization = RMSNormalization;

/** The axes are those of the batch and of space, if none are said; ε is ONNX's own. */
export const MeanVarianceNormalization: Rule = (context) => [
  standardised(context, context.x, context.dy, numbersAttribute(context.node, 'axes', [0, 2, 3]), 1e-9),
];

/** y = x / ‖x‖  →  dx = (dy − ∂‖x‖ · Σ dy y) / ‖x‖, where ∂‖x‖ is y, or sign x for the sum of magnitudes; 0 where x = 0 */
export const LpNormalization: Rule = ({ node, b, x, y, dy, sum, sub, mul, div, sign, equal, where }) => {
  const [axis, p] = [numberAttribute(node, 'axis', -1), numberAttribute(node, 'p', 2)];
  const norm = b.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [x, b.constant('int64', [axis])]);
  const slope = p === 1 ? sign(x) : y;
  const dx = div(sub(dy, mul(slope, sum(mul(dy, y), [axis]))), norm);
  return [where(equal(norm, 0), 0, dx)];
};

export const InstanceNormalization: Rule = (context) => {
  const { x, dy, inputs, mul } = context;
  return [
    standardised(context, x, mul(dy, perChannel(context, inputs[1])), spatialAxes(context), epsilonOf(context.node)),
  ];
};

/** Each group of channels is normalised as one row. */
export const GroupNormalization: Rule = (context) => {
  const { node, b, x, dy, inputs, mul } = context;
  const rows = (value: string) =>
    b.op('Reshape', [value, b.constant('int64', [0, numberAttribute(node, 'num_groups', 1), -1])]);
  const g = mul(dy, perChannel(context, inputs[1]));
  return [reshapeLike(b, standardised(context, rows(x), rows(g), [2], epsilonOf(node)), x)];
};

const epsilonOf = (node: Node) => numberAttribute(node, 'epsilon', 1e-5);

const spatialAxes = ({ node, x, shapeOf }: RuleContext): number[] =>
  [...(shapeOf(x) ?? refuse(node, 'an input of a rank known beforehand')).keys()].slice(2);

/** A vector [C] beside values [N, C, …]. */
const perChannel = (context: RuleContext, vector: string): string =>
  context.b.op('Unsqueeze', [
    vector,
    context.b.constant(
      'int64',
      spatialAxes(context).map((axis) => axis - 1),
    ),
  ]);

/**
 * y = x s^(−β), s = bias + α/size · Σ x² over the `size` channels around (an odd number, says ONNX Runtime)
 * →  dx = dy s^(−β) − 2 α β / size · x · Σ dy x s^(−β−1)
 */
export const LRN: Rule = (context) => {
  const { node, x, dy, add, sub, mul, pow } = context;
  const size = numberAttribute(node, 'size', 1);
  const [alpha, beta] = [numberAttribute(node, 'alpha', 0.0001), numberAttribute(node, 'beta', 0.75)];
  const s = add(numberAttribute(node, 'bias', 1), mul(alpha, channelMean(context, mul(x, x), size)));
  const neighbours = channelMean(context, mul(dy, x, pow(s, -beta - 1)), size);
  return [sub(mul(dy, pow(s, -beta)), mul(2 * alpha * beta, x, neighbours))];
};

/** The sum over `size` channels around each, divided by their number; outside lies 0. */
function channelMean({ b, x }: RuleContext, value: string, size: number): string {
  const plane = b.op('Unsqueeze', [
    b.op('Reshape', [value, b.constant('int64', [0, 0, -1])]),
    b.constant('int64', [1]),
  ]);
  const pads = [(size - 1) / 2, 0, (size - 1) / 2, 0];
  const mean = b.op('AveragePool', [plane], { kernel_shape: [size, 1], pads, count_include_pad: 1 });
  return reshapeLike(b, mean, x);
}
