/**
 * Rules ∫₀¹ g(α) dα ≈ Σ w g(α). Gauss–Legendre takes the roots of the Legendre polynomial Pₙ, found by Newton's iteration,
 * and is exact for polynomials up to degree 2 n − 1.
 */
export const QUADRATURES = ['gauss-legendre', 'left', 'right', 'middle', 'trapezoid', 'captum-trapezoid'] as const;
export type Quadrature = (typeof QUADRATURES)[number];

export interface Node {
  readonly alpha: number;
  readonly weight: number;
}

/** The `count` nodes of a rule on [0, 1], from the left. `captum-trapezoid` has captum's weights, which add up to 1 − 1/n. */
export function quadratureNodes(rule: Quadrature, count: number): Node[] {
  if (rule === 'gauss-legendre') return gaussLegendre(count);
  const steps = [...Array(count).keys()];
  switch (rule) {
    case 'left':
      return steps.map((step) => ({ alpha: step / count, weight: 1 / count }));
    case 'right':
      return steps.map((step) => ({ alpha: (step + 1) / count, weight: 1 / count }));
    case 'middle':
      return steps.map((step) => ({ alpha: (step + 0.5) / count, weight: 1 / count }));
    case 'trapezoid':
      return trapezoid(count, 1 / (count - 1));
    case 'captum-trapezoid':
      return trapezoid(count, 1 / count);
  }
}

function trapezoid(count: number, weight: number): Node[] {
  const isEnd = (step: number) => step === 0 || step === count - 1;
  return Array.from({ length: count }, (_, step) => ({
    alpha: step / (count - 1),
    weight: isEnd(step) ? weight / 2 : weight,
  }));
}

/** α = (1 + ξ) / 2, w = ω / 2 with ω = 2 / ((1 − ξ²) Pₙ′(ξ)²) */
function gaussLegendre(count: number): Node[] {
  return Array.from({ length: count }, (_, at) => {
    let root = -Math.cos((Math.PI * (at + 0.75)) / (count + 0.5));
    for (let step = Infinity; Math.abs(step) > 1e-15; root -= step) {
      const { value, slope } = legendre(count, root);
      step = value / slope;
    }
    const { slope } = legendre(count, root);
    return { alpha: (1 + root) / 2, weight: 1 / ((1 - root * root) * slope * slope) };
  });
}

/** Pₙ(ξ) by (k + 1) Pₖ₊₁ = (2 k + 1) ξ Pₖ − k Pₖ₋₁, and Pₙ′(ξ) = n (ξ Pₙ − Pₙ₋₁) / (ξ² − 1). */
function legendre(degree: number, at: number): { value: number; slope: number } {
  let [previous, value] = [1, at];
  for (let k = 1; k < degree; k++) {
    [previous, value] = [value, ((2 * k + 1) * at * value - k * previous) / (k + 1)];
  }
  return { value, slope: (degree * (at * value - previous)) / (at * at - 1) };
}
