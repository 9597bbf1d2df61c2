/** Quotients, and what divides values by a number that is made of them. All are exact: Σ m · Δx = dy · Δy. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { broadcasting } from '../broadcasting.ts';
import { type RuleContext, refuse } from '../rule.ts';
import type { LiftContext, LiftRule } from './context.ts';

/** A value and its counterpart. */
interface Pair {
  readonly own: string;
  readonly other: string;
}

/** Δ(a / b) = (1/b + 1/b′)/2 · Δa − (a + a′)/2 / (b b′) · Δb */
function quotient({ mul, div, neg, add }: RuleContext, dy: string, a: Pair, b: Pair): [da: string, db: string] {
  return [
    mul(0.5, dy, add(div(1, b.own), div(1, b.other))),
    neg(div(mul(0.5, dy, add(a.own, a.other)), mul(b.own, b.other))),
  ];
}

const pair = ({ counterpart }: LiftContext, value: string): Pair => ({ own: value, other: counterpart(value) });

export const Div: LiftRule = (context) => {
  const [a, b] = [pair(context, context.inputs[0]), pair(context, context.inputs[1])];
  return broadcasting((inner) => quotient(inner, inner.dy, a, b))(context);
};

/**
 * Δy = q ⊙ (Δx − ΔL), where L = ln Σ eˣ and q = Δy / Δ ln y. As Σ Δy = 0, ΔL = Σ q Δx / Σ q, so that
 * m = q ⊙ (dy − Σ dy q / Σ q); where x = x′, q is y and m the gradient.
 */
export const Softmax: LiftRule = (context) => {
  const { node, b, x, y, dy, sub, mul, div, sum, abs, less, where, change, middle, counterpart } = context;
  const axis = numberAttribute(node, 'axis', -1);
  const logarithm = (value: string) => b.op('LogSoftmax', [value], { axis });
  const ratio = sub(logarithm(x), logarithm(counterpart(x)));
  const q = where(less(abs(ratio), ALIKE), middle(y), div(change(y), ratio));
  return [mul(q, sub(dy, div(sum(mul(dy, q), [axis]), sum(q, [axis]))))];
};

/** Below this, the mean of two numbers is their logarithmic mean Δy / Δ ln y up to a share of 10⁻⁹. */
const ALIKE = 1e-4;

/**
 * y = scale · c / σ with c = x − mean x and σ² = mean c² + ε. Δσ = Δσ² / (σ + σ′) and Δc² = (c + c′) Δc, so that
 * m_c = g (1/σ + 1/σ′)/2 + mean m_σ · (c + c′) / (σ + σ′) with g = dy · scale, and m = m_c − mean m_c.
 */
export const LayerNormalization: LiftRule = (context) => {
  const { node, x, dy, inputs, shapeOf, counterpart, add, sub, mul, div, sqrt, mean } = context;
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const axes = [...Array(rank).keys()].slice(numberAttribute(node, 'axis', -1));
  const centred = (value: string) => sub(value, mean(value, axes));
  const deviation = (value: string) => sqrt(add(mean(mul(value, value), axes), numberAttribute(node, 'epsilon', 1e-5)));
  const c = { own: centred(x), other: centred(counterpart(x)) };
  const sigma = { own: deviation(c.own), other: deviation(c.other) };
  const [direct, ofSigma] = quotient(context, mul(dy, inputs[1]), c, sigma);
  const ofSquares = div(mean(ofSigma, axes), add(sigma.own, sigma.other));
  const m = add(direct, mul(ofSquares, add(c.own, c.other)));
  return [sub(m, mean(m, axes))];
};
