import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import { atOnce } from '../../dist/src/perturb/in-turns.js';
import { maskGram } from '../../dist/src/perturb/mask-gram.js';
import { solveLime } from '../../dist/src/perturb/solve-lime.js';
import { weightedRegression as factored, type Penalty } from '../../dist/src/perturb/weighted-regression.js';
import { readNpy } from '../npy.ts';

const reference = new URL('../../../shared/reference/squeezenet1_1-cat-dog/', import.meta.url);
const here = existsSync(reference);

describe.skipIf(!here)(`lime’s own weights${here ? '' : ': skipped, ../shared is missing'}`, () => {
  test('come out of its masks and probabilities', () => {
    const masks = Uint8Array.from(readNpy(new URL('lime-masks.npy', reference)).data);
    const probabilities = readNpy(new URL('lime-probabilities.npy', reference));
    const truth = readNpy(new URL('lime-weights-281.npy', reference)).data;
    const { intercept, score } = JSON.parse(readFileSync(new URL('index.json', reference), 'utf8'))['lime-weights-281'];
    const of281 = probabilities.data.filter((_, at) => at % 3 === 2);
    const found = solveLime({ masks, probabilities: of281, kernelWidth: 0.25, ridge: 1 });
    expect(found.weights.length).toBe(55);
    for (const [segment, weight] of truth.entries())
      expect(Math.abs(found.weights[segment]! - weight)).toBeLessThan(1e-6);
    expect(Math.abs(found.intercept - intercept)).toBeLessThan(1e-6);
    expect(Math.abs(found.r2 - score)).toBeLessThan(1e-6);
  });
});

function weightedRegression(masks: readonly number[][], weights: readonly number[], penalty: Penalty) {
  const gram = atOnce(maskGram(masks, weights, masks[0]!.length));
  const fit = atOnce(factored(masks, weights, penalty, gram));
  return (y: readonly number[]) => atOnce(fit(y));
}

/** Rows of bits, scores and weights that look random. */
const drawn = fc
  .record({ seed: fc.nat(), rows: fc.integer({ min: 2, max: 30 }), columns: fc.integer({ min: 1, max: 6 }) })
  .map(({ seed, rows, columns }) => {
    const { integer, uniform } = random(seed);
    return {
      x: Array.from({ length: rows }, () => Array.from({ length: columns }, () => integer(2))),
      y: Array.from({ length: rows }, () => 2 * uniform() - 1),
      weights: Array.from({ length: rows }, () => 0.1 + uniform()),
      ridge: 0.01 + uniform(),
    };
  });

describe('weightedRegression', () => {
  test('stands where the gradient of Σ w (y − c − x·b)² + λ |b|² is zero', () => {
    fc.assert(
      fc.property(drawn, ({ x, y, weights, ridge }) => {
        const { coefficients, intercept, r2 } = weightedRegression(x, weights, { ridge })(y);
        const sum = (term: (row: number) => number) => x.reduce((total, _, row) => total + term(row), 0);
        const fitted = (row: number) =>
          intercept + x[row]!.reduce((total, bit, at) => total + bit * coefficients[at]!, 0);
        const residual = (row: number) => weights[row]! * (y[row]! - fitted(row));
        expect(sum(residual)).toBeCloseTo(0, 9);
        coefficients.forEach((b, at) => {
          expect(sum((row) => x[row]![at]! * residual(row)) - ridge * b).toBeCloseTo(0, 9);
        });
        const mean = sum((row) => weights[row]! * y[row]!) / sum((row) => weights[row]!);
        const variation = sum((row) => weights[row]! * (y[row]! - mean) ** 2);
        expect(r2).toBeCloseTo(1 - sum((row) => residual(row) * (y[row]! - fitted(row))) / variation, 6);
      }),
    );
  });

  test('with a Lasso stands where no weight can move: the slope is α W against its sign, and no more where it is 0', () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 1e-3, max: 0.2, noNaN: true }), ({ x, y, weights, ridge }, lasso) => {
        const { coefficients, intercept } = weightedRegression(x, weights, { ridge, lasso })(y);
        const penalty = lasso * weights.reduce((a, b) => a + b);
        const residuals = x.map((row, at) => {
          const fitted = row.reduce((sum, bit, column) => sum + bit * coefficients[column]!, intercept);
          return weights[at]! * (y[at]! - fitted);
        });
        coefficients.forEach((b, column) => {
          const slope = residuals.reduce((sum, residual, at) => sum + x[at]![column]! * residual, 0) - ridge * b;
          if (b === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty + 1e-9);
          else expect(slope).toBeCloseTo(Math.sign(b) * penalty, 7);
        });
      }),
    );
  });

  test('refuses a system without one solution', () => {
    const refused = expect.objectContaining({ code: 'ERR_OPTION' });
    expect(() =>
      weightedRegression(
        [
          [1, 1],
          [0, 0],
          [1, 1],
        ],
        [1, 1, 1],
        { ridge: 0 },
      ),
    ).toThrow(refused);
  });
});

describe('solveLime', () => {
  test('weighs a mask that keeps k of M by exp(−(1 − √(k/M))² / 2w²)', () => {
    const masks = [
      [1, 1, 1],
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 0],
      [1, 1, 0],
    ];
    const probabilities = [0.9, 0.2, 0.6, 0.1, 0.4];
    const weights = [3, 1, 2, 0, 2].map((kept) => Math.exp(-((1 - Math.sqrt(kept / 3)) ** 2) / (2 * 0.5 ** 2)));
    const found = solveLime({ masks: Uint8Array.from(masks.flat()), probabilities, kernelWidth: 0.5, ridge: 0.3 });
    const { coefficients, intercept, r2 } = weightedRegression(masks, weights, { ridge: 0.3 })(probabilities);
    expect(found.intercept).toBeCloseTo(intercept, 12);
    expect(found.r2).toBeCloseTo(r2, 12);
    coefficients.forEach((b, at) => {
      expect(found.weights[at]).toBeCloseTo(b, 12);
    });
  });

  test.each([
    { masks: Uint8Array.of(1, 1, 0), probabilities: [1, 2] },
    { masks: new Uint8Array(0), probabilities: [1] },
    { masks: Uint8Array.of(1, 0), probabilities: [1, 0], kernelWidth: 0 },
    { masks: Uint8Array.of(1, 0), probabilities: [1, 0], ridge: -1 },
  ])('refuses %j', (input) => {
    expect(() => solveLime(input)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });
});
