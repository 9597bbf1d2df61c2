/** y = f(x) over some axes: every element of x gets the gradient of the y that it went into, times ∂f/∂x. */
import { numberAttribute } from '../../onnx/attributes.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { expandLike } from '../shaping.ts';

export const ReduceSum: Rule = (context) => [expandLike(context.b, kept(context, context.dy), context.x), undefined];

export const ReduceMean: Rule = (context) => {
  const { b, x, y, dy, div } = context;
  const count = b.op('Cast', [b.op('Div', [b.op('Size', [x]), b.op('Size', [y])])], { to: 1 });
  return [expandLike(b, kept(context, div(dy, count)), x), undefined];
};

/** Equal extremes share the gradient in equal parts, as torch.amax has it. */
export const ReduceMax: Rule = (context) => {
  const { x, y, dy, indicator, equal, mul, div } = context;
  const extreme = indicator(equal(x, kept(context, y)));
  return [mul(extreme, div(kept(context, dy), reduced(context, 'ReduceSum', extreme))), undefined];
};
export const ReduceMin = ReduceMax;

/** dx = dy · Π of the others, which is Π of what is not 0, divided by x, unless another one is 0 */
export const ReduceProd: Rule = (context) => {
  const { x, dy, equal, where, indicator, sub, mul, div } = context;
  const zero = equal(x, 0);
  const otherZeros = sub(reduced(context, 'ReduceSum', indicator(zero)), indicator(zero));
  const nonzero = where(zero, 1, x);
  const others = where(equal(otherZeros, 0), div(reduced(context, 'ReduceProd', nonzero), nonzero), 0);
  return [mul(kept(context, dy), others), undefined];
};

export const ReduceL1: Rule = (context) => [context.mul(context.sign(context.x), kept(context, context.dy)), undefined];

/** y = ‖x‖₂  →  dx = dy · x / y, 0 where y = 0 */
export const ReduceL2: Rule = (context) => {
  const { y, x, dy, mul, div, where, equal } = context;
  return [mul(x, kept(context, div(dy, where(equal(y, 0), 1, y)))), undefined];
};

export const ReduceSumSquare: Rule = (context) => [context.mul(2, context.x, kept(context, context.dy)), undefined];

/** y = ln Σ x  →  dx = dy / Σ x = dy · e^(−y) */
export const ReduceLogSum: Rule = (context) => {
  const { b, x, y, dy, mul, exp, neg } = context;
  return [expandLike(b, kept(context, mul(dy, exp(neg(y)))), x), undefined];
};

/** y = ln Σ eˣ  →  dx = dy · e^(x − y) */
export const ReduceLogSumExp: Rule = (context) => {
  const { x, y, dy, mul, exp, sub } = context;
  return [mul(kept(context, dy), exp(sub(x, kept(context, y)))), undefined];
};

/** A value of the output's shape with the reduced axes put back, of length 1. */
function kept({ node, b, inputs: [, axes] }: RuleContext, value: string): string {
  return axes && numberAttribute(node, 'keepdims', 1) === 0 ? b.op('Unsqueeze', [value, axes]) : value;
}

/** A value of the input's shape reduced over the same axes, which stay with length 1. */
function reduced({ node, b, inputs: [, axes] }: RuleContext, operator: string, value: string): string {
  return b.op(operator, [value, axes], { noop_with_empty_axes: numberAttribute(node, 'noop_with_empty_axes', 0) });
}
