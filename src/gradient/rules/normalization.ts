/** y = scale · x̂ + shift, x̂ = (x − μ) / σ, with g = dy · scale. With constant μ and σ: dx = g / σ. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';
import { type Form, NORMALISED, perChannel } from './normalised.ts';
import { rootMeanSquare, standardised } from './standardised.ts';

export const BatchNormalization: Rule = (context) => {
  const { node, dy, inputs, mul, div, sqrt, add } = context;
  const [, scale, , , variance] = inputs;
  if (numberAttribute(node, 'training_mode', 0) === 1) refuse(node, 'inference mode');
  const factor = div(scale, sqrt(add(variance, numberAttribute(node, 'epsilon', 1e-5))));
  return [mul(dy, perChannel(context, factor))];
};

const gradientOf =
  (form: Form): Rule =>
  (context) => {
    const { x, dy, mul } = context;
    const { scale, rows, restored, axes, epsilon, isCentred } = form(context);
    const back = isCentred ? standardised : rootMeanSquare;
    return [restored(back(context, rows(x), rows(scale ? mul(dy, scale) : dy), axes, epsilon))];
  };
export const LayerNormalization = gradientOf(NORMALISED.LayerNormalization);
export const RMSNormalization = gradientOf(NORMALISED.RMSNormalization);
export const SimplifiedLayerNormalization = gradientOf(NORMALISED.SimplifiedLayerNormalization);
export const MeanVarianceNormalization = gradientOf(NORMALISED.MeanVarianceNormalization);
export const InstanceNormalization = gradientOf(NORMALISED.InstanceNormalization);
export const GroupNormalization = gradientOf(NORMALISED.GroupNormalization);

/** y = x / ‖x‖  →  dx = (dy − ∂‖x‖ · Σ dy y) / ‖x‖, where ∂‖x‖ is y, or sign x for the sum of magnitudes; 0 where x = 0 */
export const LpNormalization: Rule = ({ node, b, x, y, dy, sum, sub, mul, div, sign, equal, where }) => {
  const [axis, p] = [numberAttribute(node, 'axis', -1), numberAttribute(node, 'p', 2)];
  const norm = b.op(p === 1 ? 'ReduceL1' : 'ReduceL2', [x, b.constant('int64', [axis])]);
  const slope = p === 1 ? sign(x) : y;
  const dx = div(sub(dy, mul(slope, sum(mul(dy, y), [axis]))), norm);
  return [where(equal(norm, 0), 0, dx)];
};

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
