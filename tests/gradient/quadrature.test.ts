import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUADRATURES, quadratureNodes } from '../../dist/src/gradient/quadrature.js';

const integral = (nodes: ReturnType<typeof quadratureNodes>, f: (alpha: number) => number) =>
  nodes.reduce((sum, { alpha, weight }) => sum + weight * f(alpha), 0);

test('two Gauss–Legendre points are 1/2 ± 1/√12', () => {
  const [low, high] = quadratureNodes('gauss-legendre', 2);
  expect(low!.alpha).toBeCloseTo(0.5 - 1 / Math.sqrt(12), 14);
  expect(high!.alpha).toBeCloseTo(0.5 + 1 / Math.sqrt(12), 14);
});

test('n Gauss–Legendre points integrate polynomials of degree 2 n − 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, draw) => {
      const degree = draw % (2 * count);
      const nodes = quadratureNodes('gauss-legendre', count);
      expect(integral(nodes, (alpha) => alpha ** degree)).toBeCloseTo(1 / (degree + 1), 12);
      expect(nodes.every(({ alpha }, at) => alpha > (nodes[at - 1]?.alpha ?? 0) && alpha < 1)).toBe(true);
    }),
  );
});

describe('Riemann sums of α²', () => {
  // From Σ k² = n (n + 1) (2 n + 1) / 6.
  test.each([
    ['left', (n: number) => ((n - 1) * (2 * n - 1)) / (6 * n * n)],
    ['right', (n: number) => ((n + 1) * (2 * n + 1)) / (6 * n * n)],
    ['middle', (n: number) => 1 / 3 - 1 / (12 * n * n)],
    ['trapezoid', (n: number) => 1 / 3 + 1 / (6 * (n - 1) ** 2)],
    ['captum-trapezoid', (n: number) => ((n - 1) / n) * (1 / 3 + 1 / (6 * (n - 1) ** 2))],
  ] as const)('%s', (rule, exact) => {
    for (const count of [2, 5, 20]) {
      expect(integral(quadratureNodes(rule, count), (alpha) => alpha * alpha)).toBeCloseTo(exact(count), 12);
    }
  });
});

test("weights add up to 1, but captum's trapezoid to 1 − 1/n", () => {
  for (const rule of QUADRATURES) {
    const total = integral(quadratureNodes(rule, 10), () => 1);
    expect(total).toBeCloseTo(rule === 'captum-trapezoid' ? 0.9 : 1, 13);
  }
});
