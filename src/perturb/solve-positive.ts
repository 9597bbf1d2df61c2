import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/** Below this share of the largest, the square of a pivot is rounding. */
const LEAST_PIVOT = 1e-12;

/**
 * Factors a symmetric matrix [side · side] once; the result solves it for any right side [side]. Undefined where the matrix
 * is not positive definite beyond rounding, so that there is no one solution.
 */
export function solvePositive(matrix: Float64Array, side: number): ((right: Float64Array) => Float64Array) | undefined {
  const rows = Array.from({ length: side }, (_, row) => matrix.subarray(row * side, (row + 1) * side));
  const factor = new CholeskyDecomposition(new Matrix(rows.map((row) => Array.from(row))));
  const pivots = factor.lowerTriangularMatrix.diagonal().map((pivot) => pivot ** 2);
  const most = pivots.reduce((a, b) => Math.max(a, b), 0);
  if (!factor.isPositiveDefinite() || pivots.some((pivot) => !(pivot > LEAST_PIVOT * most))) return undefined;
  return (right) => Float64Array.from(factor.solve(Matrix.columnVector(right)).to1DArray());
}
