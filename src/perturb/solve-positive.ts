/**
 * Symmetric positive definite systems by blocks, so that the work falls into pieces: A = L D Lᵀ, where the blocks of D are
 * what is left of the diagonal of A once the blocks before are eliminated, each with a Cholesky factor of its own. The
 * squares of these factors' diagonals are the pivots of the whole.
 */
import { createRequire } from 'node:module';
import type { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Pieces } from './in-turns.ts';

const require = createRequire(import.meta.url);
/** Loaded when a system is first solved, as most runs solve none. */
const algebra = () => require('ml-matrix') as typeof import('ml-matrix');

/** Rows of a block: a multiplication of two takes about a millisecond. */
const BLOCK = 64;
/** Below this share of the largest, the square of a pivot is rounding. */
const LEAST_PIVOT = 1e-12;

/** Solves a system for a right side [side]. */
export type Solve = (right: Float64Array) => Float64Array;

/** An eliminated block of rows: its Cholesky factor, and Lᵀ's blocks beside it. */
interface Eliminated {
  readonly factor: CholeskyDecomposition;
  readonly beside: readonly Matrix[];
}

/**
 * Factors a symmetric matrix [side · side] once; the result solves it for any right side. Undefined where the matrix is not
 * positive definite beyond rounding, so that there is no one solution.
 */
export function* solvePositive(matrix: Float64Array, side: number): Pieces<Solve | undefined> {
  const { CholeskyDecomposition } = algebra();
  const steps: Eliminated[] = [];
  let most = 0;
  let rest = blocksOf(matrix, side);
  while (rest.length > 0) {
    yield;
    const factor = new CholeskyDecomposition(rest[0]![0]!);
    const pivots = factor.lowerTriangularMatrix.diagonal().map((pivot) => pivot ** 2);
    most = pivots.reduce((a, b) => Math.max(a, b), most);
    if (!factor.isPositiveDefinite() || pivots.some((pivot) => !(pivot > LEAST_PIVOT * most))) return undefined;
    const below = rest.slice(1).map((row) => row[0]!);
    const beside: Matrix[] = [];
    for (const block of below) {
      yield;
      beside.push(factor.solve(block.transpose()));
    }
    steps.push({ factor, beside });
    rest = yield* eliminated(rest, below, beside);
  }
  return (right) => solved(steps, right);
}

/** The blocks on and below the diagonal, row by row. */
function blocksOf(matrix: Float64Array, side: number): Matrix[][] {
  const { Matrix } = algebra();
  const part = (row: number, column: number) => {
    const rows = Math.min(BLOCK, side - row);
    const columns = Math.min(BLOCK, side - column);
    const line = (at: number) =>
      Array.from(matrix.subarray((row + at) * side + column, (row + at) * side + column + columns));
    return new Matrix(Array.from({ length: rows }, (_, at) => line(at)));
  };
  const starts = Array.from({ length: Math.ceil(side / BLOCK) }, (_, at) => at * BLOCK);
  return starts.map((row, at) => starts.slice(0, at + 1).map((column) => part(row, column)));
}

/** What is left of the blocks after the first row and column: Aᵢⱼ − Aᵢ₀ A₀₀⁻¹ A₀ⱼ. */
function* eliminated(rest: Matrix[][], below: readonly Matrix[], beside: readonly Matrix[]): Pieces<Matrix[][]> {
  const { Matrix } = algebra();
  const left: Matrix[][] = [];
  for (const [row, blocks] of rest.slice(1).entries()) {
    const line: Matrix[] = [];
    for (const [column, block] of blocks.slice(1).entries()) {
      yield;
      const reduced = Matrix.sub(block, below[row]!.mmul(beside[column]!));
      // Rounding leaves blocks of the diagonal a trace away from symmetric, which the next factor does not take.
      line.push(row === column ? reduced.add(reduced.transpose()).mul(0.5) : reduced);
    }
    left.push(line);
  }
  return left;
}

/** Down through L, then D, then up through Lᵀ. */
function solved(steps: readonly Eliminated[], right: Float64Array): Float64Array {
  const { Matrix } = algebra();
  const parts = steps.map((_, at) => Matrix.columnVector(right.subarray(at * BLOCK, (at + 1) * BLOCK)));
  for (const [at, { beside }] of steps.entries()) {
    for (const [next, block] of beside.entries()) parts[at + 1 + next]!.sub(block.transpose().mmul(parts[at]!));
  }
  for (let at = steps.length - 1; at >= 0; at--) {
    const { factor, beside } = steps[at]!;
    const part = factor.solve(parts[at]!);
    for (const [next, block] of beside.entries()) part.sub(block.mmul(parts[at + 1 + next]!));
    parts[at] = part;
  }
  return Float64Array.from(parts.flatMap((part) => part.to1DArray()));
}
