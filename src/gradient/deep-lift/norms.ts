/** What a row is reduced to, other than its sum or its extreme. All are exact: Σ m · Δx = dy · Δy. */
import { attributesOf } from '../../onnx/decompose/rule.ts';
import { Abs } from '../rules/arithmetic.ts';
import { ReduceSum } from '../rules/reduction.ts';
import type { LiftContext, LiftRule } from './context.ts';
import { rescaled } from './elementary.ts';
import { logarithmicMean } from './logarithmic-mean.ts';

/** A value of each row, for all elements of the row; and back, the sum of a row's. */
const spread = (context: LiftContext, value: string) => ReduceSum({ ...context, dy: value })[0]!;
const summed = ({ node, b }: LiftContext, value: string) =>
  b.op('ReduceSum', [value, ...node.inputs.slice(1)], attributesOf(node));

/** y = Σ |x| */
export const ReduceL1: LiftRule = (context) => {
  const { b, x, counterpart } = context;
  const [own, other] = [b.op('Abs', [x]), b.op('Abs', [counterpart(x)])];
  const change = (value: string) => (value === own ? context.sub(own, other) : context.change(value));
  return rescaled(Abs)({
    ...context,
    node: { ...context.node, inputs: [x] },
    y: own,
    dy: spread(context, context.dy),
    change,
  });
};

/** y = Σ x²  →  m = dy · (x + x′) */
export const ReduceSumSquare: LiftRule = (context) => {
  const { x, dy, add, mul, counterpart } = context;
  return [mul(spread(context, dy), add(x, counterpart(x)))];
};

/** y = √Σ x²  →  m = dy · (x + x′) / (y + y′), 0 where both are 0 */
export const ReduceL2: LiftRule = (context) => {
  const { x, y, dy, add, mul, div, equal, where, counterpart } = context;
  const both = add(y, counterpart(y));
  const share = div(dy, where(equal(both, 0), 1, both));
  return [mul(spread(context, share), add(x, counterpart(x)))];
};

/** y = ln Σ eˣ  →  m = dy · q / Σ q, where q is the logarithmic mean of the softmax's values, as for Softmax */
export const ReduceLogSumExp: LiftRule = (context) => {
  const { x, y, dy, sub, mul, div, exp, counterpart } = context;
  const logarithm = { own: sub(x, spread(context, y)), other: sub(counterpart(x), spread(context, counterpart(y))) };
  const q = logarithmicMean(context, { own: exp(logarithm.own), other: exp(logarithm.other) }, logarithm);
  return [mul(q, spread(context, div(dy, summed(context, q))))];
};
