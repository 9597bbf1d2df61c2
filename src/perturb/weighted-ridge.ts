/**
 * Ridge regression on masks of 0 and 1 with sample weights w and a free intercept c: the b that minimises
 * Σ wᵢ (yᵢ − c − mᵢ·b)² + λ |b|². With weighted means m̄, ȳ, W = Σ wᵢ and G = Σ wᵢ mᵢ mᵢᵀ:
 * (G − W m̄m̄ᵀ + λI) b = Σ wᵢ mᵢ (yᵢ − ȳ) and c = ȳ − m̄·b. As masks are 0 and 1, W m̄ is the diagonal of G.
 */
import { expected } from '../core/errors.ts';
import { keptOf, maskGram } from './mask-gram.ts';
import { solvePositive } from './solve-positive.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** The weighted R²: 1 − Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ (yᵢ − ȳ)². It is 1 where y does not vary. */
  readonly r2: number;
}

/** Factors the normal equations of the masks [n][M] once; the result fits any y [n] to them. */
export function weightedRidge(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  ridge: number,
  gram: Float64Array = maskGram(masks, weights, masks[0]?.length ?? 0),
): (y: ArrayLike<number>) => LinearFit {
  const columns = masks[0]?.length ?? 0;
  const total = sum(masks.length, (row) => weights[row]!);
  const means = Float64Array.from({ length: columns }, (_, column) => gram[column * columns + column]! / total);
  const solve = solvePositive(normalEquations(gram, means, total, ridge), columns);
  if (!solve) throw expected('ERR_OPTION', 'ridge', 'above 0 where the samples do not determine every segment', ridge);
  const kept = masks.map(keptOf);

  return (y) => {
    const first = y[0] ?? 0;
    const mean = sum(kept.length, (row) => weights[row]! * (y[row]! - first)) / total;
    const centred = Float64Array.from(kept, (_, row) => y[row]! - first - mean);
    const right = new Float64Array(columns);
    kept.forEach((segments, row) => {
      for (const segment of segments) right[segment]! += weights[row]! * centred[row]!;
    });
    const coefficients = solve(right);
    const offset = sum(columns, (column) => coefficients[column]! * means[column]!);
    const residual = (row: number) =>
      centred[row]! + offset - kept[row]!.reduce((fitted, segment) => fitted + coefficients[segment]!, 0);
    const unexplained = sum(kept.length, (row) => weights[row]! * residual(row) ** 2);
    const variation = sum(kept.length, (row) => weights[row]! * centred[row]! ** 2);
    return {
      coefficients,
      intercept: first + mean - offset,
      r2: variation > 0 ? 1 - unexplained / variation : 1,
    };
  };
}

/** G − W m̄m̄ᵀ + λI */
function normalEquations(gram: Float64Array, means: Float64Array, total: number, ridge: number): Float64Array {
  const side = means.length;
  return gram.map((value, at) => {
    const [row, column] = [Math.floor(at / side), at % side];
    return value - total * (means[row]! * means[column]!) + (row === column ? ridge : 0);
  });
}

function sum(count: number, term: (at: number) => number): number {
  let total = 0;
  for (let at = 0; at < count; at++) total += term(at);
  return total;
}
