import type { RuleContext } from '../rule.ts';

/** A value and its counterpart. */
export interface Pair {
  readonly own: string;
  readonly other: string;
}

/** Below this, the mean of two numbers is their logarithmic mean Δv / Δ ln v up to a share of 10⁻⁹. */
const ALIKE = 1e-4;

/** Δv / Δ ln v; of two zeros 0. */
export function logarithmicMean(
  { sub, add, mul, div, abs, greater, where }: RuleContext,
  value: Pair,
  logarithm: Pair,
): string {
  const ratio = sub(logarithm.own, logarithm.other);
  const mean = mul(0.5, add(value.own, value.other));
  return where(greater(abs(ratio), ALIKE), div(sub(value.own, value.other), ratio), mean);
}
