/** y = u Φ(u)  →  dy/du = Φ(u) + u φ(u), where Φ and φ are the normal distribution's, or of Φ's tanh approximation. */
import type { RuleContext } from '../rule.ts';

export function geluSlope(context: RuleContext, u: string, approximate: boolean): string {
  const { cumulative, density } = approximate ? approximation(context, u) : normalDistribution(context, u);
  return context.add(cumulative, context.mul(u, density));
}

function normalDistribution({ mul, add, erf, exp }: RuleContext, u: string) {
  const cumulative = mul(0.5, add(1, erf(mul(u, Math.SQRT1_2))));
  const density = mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, u, u)));
  return { cumulative, density };
}

/** Φ ≈ (1 + tanh v) / 2, v = √(2/π) (u + c u³)  →  φ ≈ (1 − tanh² v) / 2 · √(2/π) (1 + 3 c u²) */
function approximation({ mul, add, sub, tanh }: RuleContext, u: string) {
  const [root, c] = [Math.sqrt(2 / Math.PI), 0.044715];
  const t = tanh(mul(root, add(u, mul(c, u, u, u))));
  const density = mul(0.5 * root, sub(1, mul(t, t)), add(1, mul(3 * c, u, u)));
  return { cumulative: mul(0.5, add(1, t)), density };
}
