/** Where several inputs change at once, element by element, and not in proportion: choices among them, and what is made of both. */
import { broadcasting } from '../broadcasting.ts';
import * as arithmetic from '../rules/arithmetic.ts';
import type { LiftContext, LiftRule } from './context.ts';

/** Below this sum of squared changes no input changes. */
const NO_CHANGES = 1e-20;

/** Of all multipliers with which the inputs' changes add up to Δy, the least: m_a = dy · Δy Δa / (Δa² + Δb² + …). */
export function jointly({
  node,
  y,
  dy,
  wants,
  add,
  mul,
  div,
  where,
  less,
  change,
}: LiftContext): (string | undefined)[] {
  const changes = node.inputs.map((value, at) => (wants(at) ? change(value) : undefined));
  const total = add(...changes.filter((delta) => delta !== undefined).map((delta) => mul(delta, delta)));
  const share = where(less(total, NO_CHANGES), 0, div(mul(dy, change(y)), total));
  return changes.map((delta) => delta && mul(share, delta));
}

/** y = mask ? a : b. Where the mask is another one for the reference, neither value alone makes the change. */
export const Where: LiftRule = (context) => {
  const { inputs, counterpart, equal, where, dy } = context;
  const [mask] = inputs;
  if (counterpart(mask) === mask) return arithmetic.Where(context);
  return broadcasting(() => {
    const same = equal(mask, counterpart(mask));
    const [, a, b] = jointly(context);
    return [undefined, a && where(same, where(mask, dy, 0), a), b && where(same, where(mask, 0, dy), b)];
  })(context);
};

/** The input that is the extreme of both takes all; several share alike. Where there is none, the least that adds up. */
const extreme: LiftRule = (context) => {
  const { node, y, dy, counterpart, and, equal, greater, indicator, add, mul, div, where } = context;
  return broadcasting(() => {
    const wins = node.inputs.map((value) => indicator(and(equal(value, y), equal(counterpart(value), counterpart(y)))));
    const count = add(...wins);
    const least = jointly(context);
    return wins.map((win, at) => least[at] && where(greater(count, 0), div(mul(dy, win), count), least[at]));
  })(context);
};
export const Max = extreme;
export const Min = extreme;
