/**
 * LIME's local model: a ridge regression of the scores on the masks. A mask that keeps k of M segments lies at the cosine
 * distance d = 1 − √(k / M) from the whole picture and weighs √exp(−d² / kernelWidth²).
 */
import { checkInteger, checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { maskGram } from './mask-gram.ts';
import { weightedRidge } from './weighted-ridge.ts';

export interface LimeSolverOptions {
  /** Default: 0.25. */
  readonly kernelWidth?: number | undefined;
  /** The penalty on the squared weights. The intercept is free. Default: 1. */
  readonly ridge?: number | undefined;
  /** Only so many segments get a weight: those with the largest in a first fit (lime's `highest_weights`). Default: all. */
  readonly numFeatures?: number | undefined;
}

export interface LimeSolution {
  /** One per segment. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** The weighted R² of the local model. */
  readonly r2: number;
}

/** The penalty of the fit that only ranks segments. */
const RANKING_RIDGE = 0.01;

/** How much each mask counts [n]. */
export function sampleWeights(masks: readonly ArrayLike<number>[], kernelWidth = 0.25): Float64Array {
  const width = checkNumber(kernelWidth, 'kernel-width', 0.001);
  return Float64Array.from(masks, (mask) => {
    const kept = Array.from(mask).reduce((sum, bit) => sum + bit, 0);
    const distance = 1 - Math.sqrt(kept / mask.length);
    return Math.sqrt(Math.exp(-(distance ** 2) / width ** 2));
  });
}

/** LIME's solver for n masks and their weights [n], from scores [n]; what does not depend on the scores is done once. */
export function limeSolver(
  masks: readonly ArrayLike<number>[],
  weights: Float64Array,
  gram: Float64Array,
  options: Omit<LimeSolverOptions, 'kernelWidth'>,
): (scores: ArrayLike<number>) => LimeSolution {
  const ridge = checkNumber(options.ridge ?? 1, 'ridge', 0);
  const segments = masks[0]?.length ?? 0;
  const count = Math.min(segments, checkInteger(options.numFeatures ?? segments, 'num-features', 1));
  if (count === segments) {
    const fit = weightedRidge(masks, weights, ridge, gram);
    return (scores) => {
      const { coefficients, intercept, r2 } = fit(scores);
      return { weights: coefficients, intercept, r2 };
    };
  }
  const rank = weightedRidge(masks, weights, RANKING_RIDGE, gram);
  return (scores) => {
    const chosen = strongest(rank(scores).coefficients, count);
    const narrow = masks.map((mask) => chosen.map((segment) => mask[segment]!));
    const { coefficients, intercept, r2 } = weightedRidge(narrow, weights, ridge)(scores);
    const spread = new Float64Array(segments);
    chosen.forEach((segment, at) => {
      spread[segment] = coefficients[at]!;
    });
    return { weights: spread, intercept, r2 };
  };
}

/** The positions of the `count` numbers of the largest magnitude. */
const strongest = (numbers: Float64Array, count: number): number[] =>
  Array.from(numbers.keys())
    .sort((one, other) => Math.abs(numbers[other]!) - Math.abs(numbers[one]!))
    .slice(0, count);

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
  const weights = sampleWeights(rows, options.kernelWidth);
  return limeSolver(rows, weights, maskGram(rows, weights, segments), options)(probabilities);
}
