/** Quotients, and what divides values by a number that is made of them. All are exact: Σ m · Δx = dy · Δy. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { broadcasting } from '../broadcasting.ts';
import type { RuleContext } from '../rule.ts';
import { responseOf } from '../rules/across-channels.ts';
import type { Form } from '../rules/normalised.ts';
import type { LiftContext, LiftRule } from './context.ts';
import { logarithmicMean, type Pair } from './logarithmic-mean.ts';

/**
 * Of y = a / b the product a = y b: Δa = (b + b′)/2 · Δy + (y + y′)/2 · Δb  →  Δy = (Δa − (y + y′)/2 · Δb) / ((b + b′)/2).
 * Where b keeps its sign, no divisor is near 0 as long as one of b and b′ is not.
 */
function quotient({ mul, div, neg, add }: RuleContext, dy: string, y: Pair, b: Pair): [da: string, db: string] {
  const share = div(dy, mul(0.5, add(b.own, b.other)));
  return [share, neg(mul(0.5, share, add(y.own, y.other)))];
}

/** Δ(a / b) = (1/b + 1/b′)/2 · Δa − (a + a′)/2 / (b b′) · Δb, for a divisor that changes its sign. */
function byReciprocals({ mul, div, neg, add }: RuleContext, dy: string, a: Pair, b: Pair): [da: string, db: string] {
  return [
    mul(0.5, dy, add(div(1, b.own), div(1, b.other))),
    neg(div(mul(0.5, dy, add(a.own, a.other)), mul(b.own, b.other))),
  ];
}

const pair = ({ counterpart }: LiftContext, value: string): Pair => ({ own: value, other: counterpart(value) });

export const Div: LiftRule = (context) => {
  const { y, dy, inputs, wants, mul, div, greater, where } = context;
  return broadcasting(() => {
    if (!wants(1)) return [div(dy, inputs[1]), undefined];
    const [a, b] = [pair(context, inputs[0]), pair(context, inputs[1])];
    const [kept, turned] = [quotient(context, dy, pair(context, y), b), byReciprocals(context, dy, a, b)];
    const keepsSign = greater(mul(b.own, b.other), 0);
    return kept.map((m, at) => where(keepsSign, m, turned[at]!));
  })(context);
};

/**
 * Δy = q ⊙ (Δx − ΔL), where L = ln Σ eˣ and q = Δy / Δ ln y. As Σ Δy = 0, ΔL = Σ q Δx / Σ q, so that
 * m = q ⊙ (dy − Σ dy q / Σ q); where x = x′, q is y and m the gradient.
 */
export const Softmax: LiftRule = (context) => {
  const { node, b, x, y, dy, sub, mul, div, sum, counterpart } = context;
  const axis = numberAttribute(node, 'axis', -1);
  const logarithm = (value: string) => b.op('LogSoftmax', [value], { axis });
  const q = logarithmicMean(context, pair(context, y), { own: logarithm(x), other: logarithm(counterpart(x)) });
  return [mul(q, sub(dy, div(sum(mul(dy, q), [axis]), sum(q, [axis]))))];
};

/** Δy = Δx − ΔL, with ΔL as above. */
export const LogSoftmax: LiftRule = (context) => {
  const { node, y, dy, sub, mul, div, sum, exp, counterpart } = context;
  const axis = numberAttribute(node, 'axis', -1);
  const q = logarithmicMean(context, { own: exp(y), other: exp(counterpart(y)) }, { own: y, other: counterpart(y) });
  return [sub(dy, mul(q, div(sum(dy, [axis]), sum(q, [axis]))))];
};

/** Below this change of s the quotient is the derivative. */
const NO_CHANGE = 1e-4;

/**
 * y = scale · c / σ with c = x − mean x and σ² = mean c² + ε. Δσ = Δσ² / (σ + σ′) and Δc² = (c + c′) Δc, so that by the quotient
 * m_c = 2 g / (σ + σ′) + mean m_σ · (c + c′) / (σ + σ′) with g = dy · scale, and m = m_c − mean m_c.
 */
export const normalised =
  (form: Form): LiftRule =>
  (context) => {
    const { x, dy, counterpart, add, sub, mul, div, sqrt, mean } = context;
    const { scale, rows, restored, axes, epsilon, isCentred } = form(context);
    const centred = (value: string) => (isCentred ? sub(value, mean(value, axes)) : value);
    const deviation = (value: string) => sqrt(add(mean(mul(value, value), axes), epsilon));
    const c = { own: centred(rows(x)), other: centred(rows(counterpart(x))) };
    const sigma = { own: deviation(c.own), other: deviation(c.other) };
    const normal = { own: div(c.own, sigma.own), other: div(c.other, sigma.other) };
    const [direct, ofSigma] = quotient(context, rows(scale ? mul(dy, scale) : dy), normal, sigma);
    const ofSquares = div(mean(ofSigma, axes), add(sigma.own, sigma.other));
    const m = add(direct, mul(ofSquares, add(c.own, c.other)));
    return [restored(centred(m))];
  };

/** y = x u, u = s^(−β): both factors as in a product, Δu = Δs · Δu / Δs, Δs = α · (mean of (x + x′) Δx around). */
export const LRN: LiftRule = (context) => {
  const { x, dy, counterpart, middle, add, sub, mul, div, pow, abs, less, where } = context;
  const { alpha, beta, neighbours, scale } = responseOf(context);
  const s = { own: scale(x), other: scale(counterpart(x)) };
  const u = { own: pow(s.own, -beta), other: pow(s.other, -beta) };
  const change = sub(s.own, s.other);
  const slope = mul(-beta, pow(s.own, -beta - 1));
  const quotientOfChanges = where(less(abs(change), NO_CHANGE), slope, div(sub(u.own, u.other), change));
  const around = neighbours(mul(dy, middle(x), quotientOfChanges));
  return [add(mul(0.5, dy, add(u.own, u.other)), mul(alpha, add(x, counterpart(x)), around))];
};
