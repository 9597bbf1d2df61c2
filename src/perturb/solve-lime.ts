/**
 * LIME's local model: a ridge regression of the scores on the masks. A mask that keeps k of M segments lies at the cosine
 * distance d = 1 − √(k / M) from the whole picture and weighs √exp(−d² / kernelWidth²).
 */
import { checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { weightedRidge } from './weighted-ridge.ts';

export interface LimeSolverOptions {
  /** Default: 0.25. */
  readonly kernelWidth?: number | undefined;
  /** The penalty on the squared weights. The intercept is free. Default: 1. */
  readonly ridge?: number | undefined;
}

export interface LimeSolution {
  /** One per segment. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** The weighted R² of the local model. */
  readonly r2: number;
}

/** How much each mask counts. */
function sampleWeights(masks: readonly ArrayLike<number>[], kernelWidth: number): Float64Array {
  return Float64Array.from(masks, (mask) => {
    const kept = Array.from(mask).reduce((sum, bit) => sum + bit, 0);
    const distance = 1 - Math.sqrt(kept / mask.length);
    return Math.sqrt(Math.exp(-(distance ** 2) / kernelWidth ** 2));
  });
}

export interface LimeSolver {
  /** How much each mask counts [n]. */
  readonly sampleWeights: Float64Array;
  /** From the scores [n] of the masks. */
  readonly solve: (scores: ArrayLike<number>) => LimeSolution;
}

/** LIME's solver for n masks; what does not depend on the scores is done once. */
export function limeSolver(masks: readonly ArrayLike<number>[], options: LimeSolverOptions = {}): LimeSolver {
  const kernelWidth = checkNumber(options.kernelWidth ?? 0.25, 'kernel-width', 0.001);
  const ridge = checkNumber(options.ridge ?? 1, 'ridge', 0);
  const weights = sampleWeights(masks, kernelWidth);
  const fit = weightedRidge(masks, weights, ridge);
  return {
    sampleWeights: weights,
    solve(scores) {
      const { coefficients, intercept, r2 } = fit(scores);
      return { weights: coefficients, intercept, r2 };
    },
  };
}

/**
 * LIME's weights [M] from masks [n, M] (1 = kept) and the model's probabilities [n].
 * @throws `ERR_OPTION` where the masks do not divide into one row per probability, or the system cannot be solved
 * @see https://arxiv.org/abs/1602.04938
 * @example
 * solveLime({ masks: Uint8Array.of(1, 1, 1, 0, 0, 1, 0, 0), probabilities: [0.9, 0.8, 0.2, 0.1] });
 */
export function solveLime({
  masks,
  probabilities,
  ...options
}: LimeSolverOptions & { readonly masks: Uint8Array; readonly probabilities: ArrayLike<number> }): LimeSolution {
  const segments = masks.length / probabilities.length;
  if (!Number.isInteger(segments) || segments === 0) {
    const wanted = `a multiple of the ${probabilities.length} probabilities`;
    throw expected('ERR_OPTION', 'masks', wanted, `${masks.length} entries`);
  }
  const rows = Array.from({ length: probabilities.length }, (_, row) =>
    masks.subarray(row * segments, (row + 1) * segments),
  );
  return limeSolver(rows, options).solve(probabilities);
}
