/**
 * Linear regression on masks of 0 and 1 with sample weights w and a free intercept c = ȳ − m̄·b: the b that minimises
 * ½ Σ wᵢ (yᵢ − c − mᵢ·b)² + ½ λ |b|² + α W Σ|bⱼ|, with λ = `ridge`, α = `lasso` and W = Σ wᵢ. It is scikit-learn's Ridge where α is 0,
 * and its Lasso where λ is 0. Where α is 0 sample i adds (Q + λI)⁻¹ wᵢ (mᵢ − m̄) rᵢ to b, r being what the fit leaves of y: error
 * bars come from that.
 */
import { expected } from '../core/errors.ts';
import type { Fit } from './fitted-estimate.ts';
import type { Pieces } from './in-turns.ts';
import { lassoSolver } from './lasso.ts';
import { normalEquations, weightedSum } from './normal-equations.ts';
import { type Solve, solvePositive } from './solve-positive.ts';
import { deviations, freedomGiven, groupStarts } from './spread.ts';

export interface LinearFit extends Fit {
  readonly intercept: number;
  /** The weighted R²: 1 − Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ (yᵢ − ȳ)². It is 1 where y does not vary. */
  readonly r2: number;
}

export interface Penalty {
  readonly ridge: number;
  readonly lasso?: number;
}

/**
 * Factors the normal equations of the masks [n][M] once; the result fits any y [n] to them.
 * @param independent how many of the masks were drawn independently of one another
 */
export function* weightedRegression(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  { ridge, lasso = 0 }: Penalty,
  gram: Float64Array,
  independent: number = masks.length,
): Pieces<(y: ArrayLike<number>) => Pieces<LinearFit>> {
  const { matrix, means, total, kept, of } = normalEquations(masks, weights, gram);
  const side = means.length;
  const penalised = matrix.map((value, at) => (at % (side + 1) === 0 ? value + ridge : value));
  const solve = lasso > 0 ? lassoSolver(penalised, side, lasso * total) : yield* solvePositive(penalised, side);
  if (!solve) throw expected('ERR_OPTION', 'ridge', 'above 0 where the samples do not determine every segment', ridge);

  return function* fit(y) {
    const { right, mean, centred } = of(y);
    yield;
    const coefficients = solve(right);
    const offset = coefficients.reduce((sum, coefficient, column) => sum + coefficient * means[column]!, 0);
    const residuals = Float64Array.from(kept, (segments, row) => {
      return centred[row]! + offset - segments.reduce((fitted, segment) => fitted + coefficients[segment]!, 0);
    });
    const weighed = (values: Float64Array) => values.reduce((sum, value, row) => sum + weights[row]! * value ** 2, 0);
    const variation = weighed(centred);
    const moved = (row: number) => weights[row]! * residuals[row]!;
    const parts = lasso > 0 ? [] : yield* movedByGroups(kept, moved, means, solve);
    return {
      coefficients,
      intercept: mean - offset,
      r2: variation > 0 ? 1 - weighed(residuals) / variation : 1,
      spread: freedomGiven(deviations(parts, kept.length), independent, side + 1),
    };
  };
}

/** What each group of samples adds to the coefficients [groups][M]. */
function* movedByGroups(
  kept: readonly Int32Array[],
  moved: (row: number) => number,
  means: Float64Array,
  solve: Solve,
): Pieces<Float64Array[]> {
  const parts: Float64Array[] = [];
  const starts = groupStarts(kept.length);
  for (const [group, end] of starts.slice(1).entries()) {
    yield;
    let all = 0;
    for (let row = starts[group]!; row < end; row++) all += moved(row);
    const sums = weightedSum(kept, moved, starts[group]!, end, means.length);
    parts.push(solve(sums.map((value, column) => value - all * means[column]!)));
  }
  return parts;
}
