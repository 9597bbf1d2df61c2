import type { RuleContext } from '../rule.ts';

/** x̂ = (x − μ) / σ with μ and σ of x itself, over `axes`, and g = dL/dx̂  →  dx = (g − mean g − x̂ · mean(g x̂)) / σ */
export function standardised(
  { mean, sub, add, mul, div, sqrt }: RuleContext,
  x: string,
  g: string,
  axes: readonly number[],
  epsilon: number,
): string {
  const centred = sub(x, mean(x, axes));
  const deviation = sqrt(add(mean(mul(centred, centred), axes), epsilon));
  const normal = div(centred, deviation);
  return div(sub(sub(g, mean(g, axes)), mul(normal, mean(mul(g, normal), axes))), deviation);
}

/** The same for x̂ = x / r, r² = mean x² + ε  →  dx = (g − x / r² · mean(g x)) / r */
export function rootMeanSquare(
  { mean, sub, add, mul, div, sqrt }: RuleContext,
  x: string,
  g: string,
  axes: readonly number[],
  epsilon: number,
): string {
  const square = add(mean(mul(x, x), axes), epsilon);
  return div(sub(g, mul(div(x, square), mean(mul(g, x), axes))), sqrt(square));
}
