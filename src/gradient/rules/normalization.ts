/** y = scale · x̂ + shift, x̂ = (x − μ) / σ, with g = dy · scale. With constant μ and σ: dx = g / σ. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { type Rule, refuse } from '../rule.ts';
import { responseOf } from './across-channels.ts';
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

/** y = x s^(−β)  →  dx = dy s^(−β) − 2 α β · x · (mean of dy x s^(−β−1) over the channels around) */
export const LRN: Rule = (context) => {
  const { x, dy, sub, mul, pow } = context;
  const { alpha, beta, neighbours, scale } = responseOf(context);
  const s = scale(x);
  const around = neighbours(mul(dy, x, pow(s, -beta - 1)));
  return [sub(mul(dy, pow(s, -beta)), mul(2 * alpha * beta, x, around))];
};
