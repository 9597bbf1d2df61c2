/**
 * LIME's local model: a linear regression of the scores on the masks, in which a sample at the distance d from the whole picture
 * weighs √exp(−d² / kernelWidth²).
 */
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { forwardSelection } from './forward-selection.ts';
import { atOnce, type Pieces } from './in-turns.ts';
import { segmentDistances } from './mask-distance.ts';
import { maskGram } from './mask-gram.ts';
import { normalEquations } from './normal-equations.ts';
import { type LinearFit, type Penalty, weightedRegression } from './weighted-regression.ts';

export const SELECTIONS = ['auto', 'forward-selection', 'highest-weights'] as const;

export interface LimeSolverOptions {
  /** Default: 0.25. */
  readonly kernelWidth?: number | undefined;
  /** The penalty on the squared weights. The intercept is free. Default: 1. */
  readonly ridge?: number | undefined;
  /** A penalty on the weights' magnitudes, which sets weak ones to 0: scikit-learn's α, 0.01 in captum. Default: 0. */
  readonly lasso?: number | undefined;
  /** Only so many segments get a weight. Default: all. */
  readonly numFeatures?: number | undefined;
  /**
   * Which ones: `highest-weights`, those with the largest in a first fit; `forward-selection`, one by one those that explain most
   * beside the others; `auto`, the second up to 6 of them. Names and rules are lime's. Default: `auto`.
   */
  readonly selection?: (typeof SELECTIONS)[number] | undefined;
}

export interface LimeSolution {
  /** One per segment. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** The weighted R² of the local model. */
  readonly r2: number;
}

/** The penalty of the fit that only ranks segments. */
const RANKING = { ridge: 0.01 };
/** Up to so many features are selected one by one. */
const FEW = 6;

/** How much samples count by their distances [n]. */
export function sampleWeights(distances: Float64Array, kernelWidth = 0.25): Float64Array {
  const width = checkNumber(kernelWidth, 'kernel-width', 0.001);
  return distances.map((distance) => Math.sqrt(Math.exp(-(distance ** 2) / width ** 2)));
}

/**
 * LIME's solver for n masks and their weights [n], from scores [n]; what does not depend on the scores is done once.
 * @param independent how many of the masks were drawn independently of one another
 */
export function* limeSolver(
  masks: readonly ArrayLike<number>[],
  weights: Float64Array,
  options: Omit<LimeSolverOptions, 'kernelWidth'>,
  independent: number = masks.length,
): Pieces<(scores: ArrayLike<number>) => Pieces<LinearFit>> {
  const penalty = checkPenalty(options);
  const selection = checkChoice(options.selection ?? 'auto', 'selection', SELECTIONS);
  const segments = masks[0]?.length ?? 0;
  const count = Math.min(segments, checkInteger(options.numFeatures ?? segments, 'num-features', 1));
  const gram = yield* maskGram(masks, weights, segments);
  if (count === segments) return yield* weightedRegression(masks, weights, penalty, gram, independent);
  const isForward = selection === 'forward-selection' || (selection === 'auto' && count <= FEW);
  const choose = yield* (isForward ? oneByOne : strongest)(masks, weights, gram, count);
  return function* solve(scores) {
    const chosen = yield* choose(scores);
    const narrow = masks.map((mask) => chosen.map((segment) => mask[segment]!));
    const narrowGram = yield* maskGram(narrow, weights, chosen.length);
    const fit = yield* (yield* weightedRegression(narrow, weights, penalty, narrowGram, independent))(scores);
    const onAll = (values: Float64Array) => {
      const all = new Float64Array(segments);
      chosen.forEach((segment, at) => {
        all[segment] = values[at]!;
      });
      return all;
    };
    return { ...fit, coefficients: onAll(fit.coefficients), spread: fit.spread.map(onAll) };
  };
}

/** @throws `ERR_OPTION` where a penalty is below 0 */
export const checkPenalty = ({ ridge = 1, lasso = 0 }: LimeSolverOptions): Required<Penalty> => ({
  ridge: checkNumber(ridge, 'ridge', 0),
  lasso: checkNumber(lasso, 'lasso', 0),
});

/** How segments are chosen for scores [n]. */
type Selector = (
  masks: readonly ArrayLike<number>[],
  weights: Float64Array,
  gram: Float64Array,
  count: number,
) => Pieces<(scores: ArrayLike<number>) => Pieces<number[]>>;

const oneByOne: Selector = function* (masks, weights, gram, count) {
  yield;
  const { matrix, of } = normalEquations(masks, weights, gram);
  return function* choose(scores) {
    yield;
    return forwardSelection(matrix, of(scores).right, count);
  };
};

const strongest: Selector = function* (masks, weights, gram, count) {
  const rank = yield* weightedRegression(masks, weights, RANKING, gram);
  return function* choose(scores) {
    const { coefficients } = yield* rank(scores);
    return Array.from(coefficients.keys())
      .sort((one, other) => Math.abs(coefficients[other]!) - Math.abs(coefficients[one]!))
      .slice(0, count);
  };
};

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
  const weights = sampleWeights(segmentDistances(rows), options.kernelWidth);
  const solve = atOnce(limeSolver(rows, weights, options));
  const { coefficients, intercept, r2 } = atOnce(solve(probabilities));
  return { weights: coefficients, intercept, r2 };
}
