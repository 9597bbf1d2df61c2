/** What hands relevance on as it is, or goes back by a rule of its own without weights. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { broadcasting } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';
import type { Form } from '../rules/normalised.ts';
import { stabilised } from './shares.ts';

/** An activation, element by element, and what else is taken for one. */
export const passed: Rule = ({ node, dy }) => node.inputs.map((_, at) => (at === 0 ? dy : undefined));

/** A sum with a constant that counts for nothing. */
export const whole: Rule = broadcasting(({ node, dy }) => node.inputs.map(() => dy));

/** A divisor takes nothing, unless it alone depends on the picture. */
export const Div: Rule = broadcasting(({ dy, wants }) => (wants(0) ? [dy, undefined] : [undefined, dy]));

/**
 * Taylor's expansion at x: R_x = x ⊙ (R − y Σ R). What is left is the expansion's constant term, which takes its part as a
 * bias does. Logits that are cut off (−∞) have none.
 */
export const Softmax: Rule = ({ node, x, y, dy, mul, sub, sum, where, greater }) => {
  const total = sum(dy, [numberAttribute(node, 'axis', -1)]);
  return [where(greater(y, 0), mul(x, sub(dy, mul(y, total))), 0)];
};

/**
 * The deviation counts as a constant, so that y = scale ⊙ (x − mean x) / σ + shift is linear: by the ε rule. Where nothing is
 * subtracted and nothing added, it passes.
 */
export const normalisation =
  (form: Form, keepsBias: boolean, epsilon: number): Rule =>
  (context) => {
    const { x, y, dy, add, sub, mul, div, sqrt, mean } = context;
    const { scale, shift, rows, restored, axes, isCentred, ...own } = form(context);
    if (!isCentred && !shift) return [dy];
    const z = shift && !keepsBias ? sub(y, shift) : y;
    const share = div(dy, stabilised(context, z, epsilon));
    const centred = isCentred ? sub(rows(x), mean(rows(x), axes)) : rows(x);
    const deviation = sqrt(add(mean(mul(centred, centred), axes), own.epsilon));
    const g = div(rows(scale ? mul(share, scale) : share), deviation);
    return [mul(x, restored(isCentred ? sub(g, mean(g, axes)) : g))];
  };
