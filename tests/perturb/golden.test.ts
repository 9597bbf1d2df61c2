/** Against NumPy, scikit-image and scikit-learn, fed the same masks and scores: tests/golden/black-box/make.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { enlarged } from '../../dist/src/core/grid-mask.js';
import { enumeratedCoalitions } from '../../dist/src/perturb/coalitions.js';
import { atOnce } from '../../dist/src/perturb/in-turns.js';
import { pixelDistances } from '../../dist/src/perturb/mask-distance.js';
import { maskGram } from '../../dist/src/perturb/mask-gram.js';
import { maskPlaces, maskSum } from '../../dist/src/perturb/mask-sums.js';
import { limeSolver, sampleWeights, solveLime } from '../../dist/src/perturb/solve-lime.js';
import { shapleySolver } from '../../dist/src/perturb/solve-shapley.js';

const golden = JSON.parse(readFileSync(new URL('../golden/black-box/golden.json', import.meta.url), 'utf8'));

const close = (found: ArrayLike<number>, truth: readonly number[], most: number) => {
  expect(found.length).toBe(truth.length);
  for (const [at, value] of truth.entries()) expect(Math.abs(found[at]! - value)).toBeLessThan(most);
};

interface RiseCase {
  readonly size: readonly [number, number];
  readonly cells: number;
  readonly keep: number;
  readonly grids: readonly number[][];
  readonly places: readonly (readonly [number, number])[];
  readonly scores: readonly number[];
  readonly firstMask: number[];
  readonly none: number[];
  readonly expected: number[];
  readonly coverage: number[];
}

describe.each(golden.rise as RiseCase[])('RISE on $size with $cells cells', (truth) => {
  const { size, cells, keep, scores } = truth;
  const [height, width] = size;
  const grids = truth.grids.map((on, at) => ({
    on: Uint8Array.from(on),
    top: truth.places[at]![0],
    left: truth.places[at]![1],
  }));

  test('a mask is scikit-image’s, enlarged and cut', () => {
    close(enlarged(grids[0]!, cells, height, width), truth.firstMask, 1e-6);
  });

  test('sums of masks, under each denominator', () => {
    const sum = atOnce(maskSum(grids, scores, maskPlaces({ cells, height, width })));
    const coverage = atOnce(
      maskSum(grids, new Float64Array(scores.length).fill(1), maskPlaces({ cells, height, width })),
    );
    close(sum, truth.none, 1e-6);
    close(
      sum.map((value) => value / (scores.length * keep)),
      truth.expected,
      1e-6,
    );
    close(
      sum.map((value, pixel) => value / coverage[pixel]!),
      truth.coverage,
      1e-6,
    );
  });
});

test('all coalitions under the Shapley kernel give the Shapley values of a game, as the mean over all orders', () => {
  const { values, phi } = golden.game as { values: number[]; phi: number[] };
  const coalitions = atOnce(enumeratedCoalitions(6, 62, 0));
  expect(coalitions.masks).toHaveLength(62);
  const worth = (mask: ArrayLike<number>) =>
    values[Array.from(mask).reduce((members, bit, at) => members | (bit << at), 0)]!;
  const gram = atOnce(maskGram(coalitions.masks, coalitions.weights, 6));
  const { solve } = atOnce(shapleySolver(coalitions, 6, gram));
  const { coefficients } = atOnce(solve(coalitions.masks.map(worth), values[0]!, values[63]! - values[0]!));
  close(coefficients, phi, 1e-7);
});

test.each(golden.kernelShap as Record<string, number[]>[])(
  'any coalitions and weights give what one system with a Lagrange multiplier gives (%#)',
  ({ masks, weights, scores, none, total, phi }) => {
    const coalitions = {
      masks: (masks as unknown as number[][]).map((mask) => Uint8Array.from(mask)),
      weights: Float64Array.from(weights!),
      drawnFrom: 0,
    };
    const gram = atOnce(maskGram(coalitions.masks, coalitions.weights, phi!.length));
    const { solve } = atOnce(shapleySolver(coalitions, phi!.length, gram));
    close(atOnce(solve(scores!, Number(none), Number(total))).coefficients, phi!, 1e-6);
  },
);

test.each(golden.lime as Record<string, unknown>[])(
  'LIME with few features is scikit-learn’s two ridges (%#)',
  (truth) => {
    const found = solveLime({
      masks: Uint8Array.from((truth.masks as number[][]).flat()),
      probabilities: truth.probabilities as number[],
      numFeatures: truth.numFeatures as number,
      selection: 'highest-weights',
    });
    close(found.weights, truth.weights as number[], 1e-6);
    expect(found.weights.filter((weight) => weight !== 0)).toHaveLength(truth.numFeatures as number);
    close([found.intercept, found.r2], [truth.intercept as number, truth.r2 as number], 1e-6);
  },
);

test.each(golden.forward as Record<string, unknown>[])(
  'LIME’s forward selection is that of scikit-learn’s R², and its default for few features (%#)',
  (truth) => {
    const input = {
      masks: Uint8Array.from((truth.masks as number[][]).flat()),
      probabilities: truth.probabilities as number[],
      numFeatures: truth.numFeatures as number,
    };
    for (const found of [solveLime(input), solveLime({ ...input, selection: 'forward-selection' })]) {
      close(found.weights, truth.weights as number[], 1e-6);
      close([found.intercept], [truth.intercept as number], 1e-6);
    }
    const highest = solveLime({ ...input, selection: 'highest-weights' });
    expect(highest.weights.filter((weight) => weight !== 0)).toHaveLength(truth.numFeatures as number);
  },
);

describe.each(golden.captumLime as Record<string, unknown>[])('captum’s LIME (%#)', (truth) => {
  const masks = (truth.masks as number[][]).map((mask) => Uint8Array.from(mask));
  const [height, width] = truth.size as [number, number];
  const shape = [3, height, width];
  const picture = { data: Float32Array.from(truth.picture as number[]), shape };
  const baseline = { data: new Float32Array(3 * height * width).fill(truth.baseline as number), shape };
  const distances = pixelDistances(masks, { picture, baseline, segments: Int32Array.from(truth.labels as number[]) });

  test('samples lie as far from the picture as by torch’s cosine', () => {
    close(distances, truth.distances as number[], 1e-6);
  });

  test('the weights are those of scikit-learn’s Lasso', () => {
    const weights = sampleWeights(distances, 1);
    const penalty = { ridge: 0, lasso: truth.lasso as number };
    const solve = atOnce(limeSolver(masks, weights, penalty));
    const { coefficients, ...found } = atOnce(solve(truth.scores as number[]));
    close(coefficients, truth.weights as number[], 1e-5);
    close([found.intercept, found.r2], [truth.intercept as number, truth.r2 as number], 1e-5);
    expect(Array.from(coefficients, Math.sign)).toEqual((truth.weights as number[]).map(Math.sign).map((s) => s + 0));
  });
});

test.each(golden.captumShap as Record<string, unknown>[])(
  'captum’s KernelSHAP: what a weight of a million at both ends comes to is exact here (%#)',
  (truth) => {
    const phi = truth.phi as number[];
    const masks = (truth.masks as number[][]).map((mask) => Uint8Array.from(mask));
    const coalitions = { masks, weights: new Float64Array(masks.length).fill(1), drawnFrom: 0 };
    const gram = atOnce(maskGram(masks, coalitions.weights, phi.length));
    const { solve } = atOnce(shapleySolver(coalitions, phi.length, gram));
    const { coefficients } = atOnce(solve(truth.scores as number[], truth.none as number, truth.total as number));
    close(coefficients, phi, 1e-4);
  },
);
