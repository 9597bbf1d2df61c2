/**
 * Ridge regression with sample weights w and a free intercept c: the b that minimises Σ wᵢ (yᵢ − c − xᵢ·b)² + λ |b|².
 * With weighted means x̄, ȳ and X̃ = √w (X − x̄), ỹ = √w (y − ȳ): (X̃ᵀX̃ + λI) b = X̃ᵀỹ and c = ȳ − x̄·b.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { expected } from '../core/errors.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** The weighted R²: 1 − Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ (yᵢ − ȳ)². It is 1 where y does not vary. */
  readonly r2: number;
}

/** Factors the normal equations of the rows [n, features] once; the result fits any y [n] to them. */
export function weightedRidge(
  rows: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  ridge: number,
): (y: ArrayLike<number>) => LinearFit {
  const x = new Matrix(rows.map((row) => Array.from(row)));
  const roots = Float64Array.from(weights, Math.sqrt);
  const total = roots.reduce((sum, root) => sum + root * root, 0);
  const weightedMean = (value: (row: number) => number) =>
    roots.reduce((sum, root, row) => sum + root * root * value(row), 0) / total;
  const means = Float64Array.from({ length: x.columns }, (_, column) => weightedMean((row) => x.get(row, column)));
  const centred = x.clone().subRowVector(means).mulColumnVector(roots);
  const transposed = centred.transpose();
  const factor = new CholeskyDecomposition(transposed.mmul(centred).add(Matrix.eye(x.columns).mul(ridge)));
  if (!factor.isPositiveDefinite()) {
    throw expected('ERR_OPTION', 'ridge', 'above 0 where the samples do not determine every segment', ridge);
  }

  return (y) => {
    const first = y[0] ?? 0;
    const mean = weightedMean((row) => y[row]! - first);
    const target = Matrix.columnVector(roots.map((root, row) => root * (y[row]! - first - mean)));
    const solution = factor.solve(transposed.mmul(target));
    const unexplained = Matrix.sub(target, centred.mmul(solution)).norm() ** 2;
    const variation = target.norm() ** 2;
    const coefficients = Float64Array.from(solution.to1DArray());
    const intercept = first + mean - coefficients.reduce((sum, b, column) => sum + b * means[column]!, 0);
    return { coefficients, intercept, r2: variation > 0 ? 1 - unexplained / variation : 1 };
  };
}
