/**
 * Linear regression on masks of 0 and 1 with sample weights w and a free intercept c = ȳ − m̄·b: the b that minimises
 * ½ Σ wᵢ (yᵢ − c − mᵢ·b)² + ½ λ |b|² + α W Σ|bⱼ|, with λ = `ridge`, α = `lasso` and W = Σ wᵢ. It is scikit-learn's Ridge where α is 0,
 * and its Lasso where λ is 0.
 */
import { expected } from '../core/errors.ts';
import { lassoSolver } from './lasso.ts';
import { maskGram } from './mask-gram.ts';
import { normalEquations } from './normal-equations.ts';
import { solvePositive } from './solve-positive.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** The weighted R²: 1 − Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ (yᵢ − ȳ)². It is 1 where y does not vary. */
  readonly r2: number;
}

export interface Penalty {
  readonly ridge: number;
  readonly lasso?: number;
}

/** Factors the normal equations of the masks [n][M] once; the result fits any y [n] to them. */
export function weightedRegression(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  { ridge, lasso = 0 }: Penalty,
  gram: Float64Array = maskGram(masks, weights, masks[0]?.length ?? 0),
): (y: ArrayLike<number>) => LinearFit {
  const { matrix, means, total, kept, of } = normalEquations(masks, weights, gram);
  const side = means.length;
  const penalised = matrix.map((value, at) => (at % (side + 1) === 0 ? value + ridge : value));
  const solve = lasso > 0 ? lassoSolver(penalised, side, lasso * total) : solvePositive(penalised, side);
  if (!solve) throw expected('ERR_OPTION', 'ridge', 'above 0 where the samples do not determine every segment', ridge);

  return (y) => {
    const { right, mean, centred } = of(y);
    const coefficients = solve(right);
    const offset = coefficients.reduce((sum, coefficient, column) => sum + coefficient * means[column]!, 0);
    const residual = (row: number) =>
      centred[row]! + offset - kept[row]!.reduce((fitted, segment) => fitted + coefficients[segment]!, 0);
    const weighed = (term: (row: number) => number) =>
      kept.reduce((sum, _, row) => sum + weights[row]! * term(row) ** 2, 0);
    const variation = weighed((row) => centred[row]!);
    return { coefficients, intercept: mean - offset, r2: variation > 0 ? 1 - weighed(residual) / variation : 1 };
  };
}
