/**
 * y = f(x) element by element: dx = dy · f′(x), written with y where that is cheaper.
 * At a kink the derivative is PyTorch's: 0 for Relu and at both bounds of Clip (as relu6 has it).
 */
import { numberAttribute, stringAttribute } from '../../onnx/attributes.ts';
import type { Node } from '../../onnx/graph.ts';
import { broadcasting, undoBroadcast } from '../broadcasting.ts';
import { isMaskedBehind } from '../relu-before-pool.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { geluSlope } from './gelu-slope.ts';

export const Relu: Rule = (context) => {
  const { node, dy, y, mul, above, where, greater, soleReader } = context;
  const reader = soleReader(y);
  if (isSteep(reader)) return [where(greater(y, 0), dy, 0)];
  return [isMaskedBehind(node, reader) ? dy : mul(dy, above(y, 0))];
};

/** Whether a slope may be infinite at 0: what is held back there is left out then, as 0 · ∞ is no number. */
const isSteep = (reader: Node | undefined): boolean =>
  ['Sqrt', 'Pow', 'Log', 'Reciprocal', 'Div'].includes(reader?.op ?? '');

/** y = min(max(x, low), high); a bound that depends on the picture gets the gradient of what it holds back. */
export const Clip: Rule = (context) => {
  const { dy, wants, inputs } = context;
  const [, low, high] = inputs;
  return [
    insideClip(context, insideClip(context, dy, low, 'above'), high, 'below'),
    wants(1) ? heldBack(context, low) : undefined,
    wants(2) ? heldBack(context, high) : undefined,
  ];
};

const heldBack = (context: RuleContext, bound: string) => {
  const { x, y, dy, where, equal } = context;
  return undoBroadcast(context, where(equal(x, y), 0, where(equal(y, bound), dy, 0)), bound);
};

/** The gradient where y keeps to the right side of a bound, which may be left out, infinite, or computed. */
function insideClip(context: RuleContext, dy: string, bound: string, side: 'above' | 'below'): string {
  const { y, mul, numbers, where, greater, less, soleReader } = context;
  if (!bound) return dy;
  const known = numbers(bound)?.[0];
  if (known === undefined || isSteep(soleReader(y)))
    return where(side === 'above' ? greater(y, bound) : less(y, bound), dy, 0);
  return Number.isFinite(known) ? mul(dy, context[side](y, known)) : dy;
}

export const LeakyRelu: Rule = ({ node, dy, x, greater, where, mul }) => [
  where(greater(x, 0), dy, mul(dy, numberAttribute(node, 'alpha', 0.01))),
];

export const PRelu = broadcasting(({ dy, x, inputs: [, slope], greater, where, mul }) => [
  where(greater(x, 0), dy, mul(dy, slope)),
  where(greater(x, 0), 0, mul(dy, x)),
]);

export const ThresholdedRelu: Rule = ({ node, dy, x, greater, where }) => [
  where(greater(x, numberAttribute(node, 'alpha', 1)), dy, 0),
];

/** y = α (eˣ − 1) for x ≤ 0  →  dx = dy · (y + α) */
export const Elu: Rule = ({ node, dy, x, y, greater, where, mul, add }) => [
  where(greater(x, 0), dy, mul(dy, add(y, numberAttribute(node, 'alpha', 1)))),
];

/** y = γ x, or γ α (eˣ − 1) for x ≤ 0  →  dx = dy · γ, or dy · (y + γ α) */
export const Selu: Rule = ({ node, dy, x, y, greater, where, mul, add }) => {
  const gamma = numberAttribute(node, 'gamma', 1.0507009873554805);
  const alpha = numberAttribute(node, 'alpha', 1.6732632423543772);
  return [mul(dy, where(greater(x, 0), gamma, add(y, gamma * alpha)))];
};

/** y = α (e^(x/α) − 1) for x ≤ 0  →  dx = dy · (y / α + 1) */
export const Celu: Rule = ({ node, dy, x, y, greater, where, mul, add, div }) => [
  where(greater(x, 0), dy, mul(dy, add(div(y, numberAttribute(node, 'alpha', 1)), 1))),
];

export const Tanh: Rule = ({ dy, y, mul, sub }) => [mul(dy, sub(1, mul(y, y)))];
export const Sigmoid: Rule = ({ dy, y, mul, complement }) => [mul(dy, y, complement(y))];
export const Softplus: Rule = ({ dy, x, mul, sigmoid }) => [mul(dy, sigmoid(x))];

/** y = x / (1 + |x|)  →  dx = dy / (1 + |x|)² */
export const Softsign: Rule = ({ dy, x, div, pow, add, abs }) => [div(dy, pow(add(1, abs(x)), 2))];

/** y = clip(α x + β, 0, 1)  →  dx = dy · α inside */
export const HardSigmoid: Rule = ({ node, dy, y, mul, where, ...c }) => [
  where(inside({ ...c }, y), mul(dy, numberAttribute(node, 'alpha', 0.2)), 0),
];

/** y = x · h, h = clip(x / 6 + 1/2, 0, 1)  →  dx = dy · (h + x / 6 inside) */
export const HardSwish: Rule = ({ b, dy, x, mul, add, div, where, ...c }) => {
  const h = b.op('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
  return [mul(dy, add(h, where(inside({ ...c }, h), div(x, 6), 0)))];
};

const inside = ({ greater, less, and }: Pick<RuleContext, 'greater' | 'less' | 'and'>, value: string) =>
  and(greater(value, 0), less(value, 1));

/** y = x · t, t = tanh(softplus x)  →  dx = dy · (t + x σ(x) (1 − t²)) */
export const Mish: Rule = ({ dy, x, mul, add, sub, tanh, softplus, sigmoid }) => {
  const t = tanh(softplus(x));
  return [mul(dy, add(t, mul(x, sigmoid(x), sub(1, mul(t, t)))))];
};

export const Gelu: Rule = (context) => {
  const approximate = stringAttribute(context.node, 'approximate', 'none') === 'tanh';
  return [context.mul(context.dy, geluSlope(context, context.x, approximate))];
};

/** y = x σ(α x)  →  dx = dy · (s + α x s (1 − s)), s = σ(α x) */
export const Swish: Rule = ({ node, dy, x, mul, add, sub, sigmoid }) => {
  const scaled = mul(numberAttribute(node, 'alpha', 1), x);
  const s = sigmoid(scaled);
  return [mul(dy, add(s, mul(scaled, s, sub(1, s))))];
};

/** y = x ± bias beyond ∓λ, 0 between  →  dx = dy beyond */
export const Shrink: Rule = ({ node, dy, x, mul, indicator, greater, abs }) => [
  mul(dy, indicator(greater(abs(x), numberAttribute(node, 'lambd', 0.5)))),
];

/** dx = y ⊙ (dy − Σ dy ⊙ y) along the axis */
export const Softmax: Rule = ({ node, dy, y, mul, sub, sum }) => [
  mul(y, sub(dy, sum(mul(dy, y), [numberAttribute(node, 'axis', -1)]))),
];

/** dx = dy − e^y Σ dy along the axis */
export const LogSoftmax: Rule = ({ node, dy, y, mul, sub, sum, exp }) => [
  sub(dy, mul(exp(y), sum(dy, [numberAttribute(node, 'axis', -1)]))),
];
