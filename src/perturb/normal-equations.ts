/**
 * A linear regression on masks of 0 and 1 with sample weights w and a free intercept as equations Qb = r. With weighted means m̄, ȳ,
 * W = Σ wᵢ and G = Σ wᵢ mᵢ mᵢᵀ: Q = G − W m̄m̄ᵀ and r = Σ wᵢ mᵢ (yᵢ − ȳ). As masks are 0 and 1, W m̄ is the diagonal of G.
 */
import { keptOf } from './mask-gram.ts';

export interface NormalEquations {
  /** Q [M · M]. */
  readonly matrix: Float64Array;
  /** m̄ [M]. */
  readonly means: Float64Array;
  /** W. */
  readonly total: number;
  /** The segments that each mask keeps [n]. */
  readonly kept: readonly Int32Array[];
  /** What depends on the y [n]. */
  of(y: ArrayLike<number>): {
    /** r [M]. */
    readonly right: Float64Array;
    /** ȳ. */
    readonly mean: number;
    /** y − ȳ [n]. */
    readonly centred: Float64Array;
  };
}

/** @param gram G of the masks [n][M] under the weights [n] */
export function normalEquations(
  masks: readonly ArrayLike<number>[],
  weights: ArrayLike<number>,
  gram: Float64Array,
): NormalEquations {
  const side = masks[0]?.length ?? 0;
  const total = masks.reduce((sum, _, row) => sum + weights[row]!, 0);
  const means = Float64Array.from({ length: side }, (_, column) => gram[column * side + column]! / total);
  const kept = masks.map(keptOf);
  return {
    matrix: gram.map((value, at) => value - total * (means[Math.floor(at / side)]! * means[at % side]!)),
    means,
    total,
    kept,
    of(y) {
      const first = y[0] ?? 0;
      const mean = kept.reduce((sum, _, row) => sum + weights[row]! * (y[row]! - first), 0) / total;
      const centred = Float64Array.from(kept, (_, row) => y[row]! - first - mean);
      const right = weightedSum(kept, (row) => weights[row]! * centred[row]!, 0, kept.length, side);
      return { right, mean: first + mean, centred };
    },
  };
}

/** Σ factor(i) · mᵢ over the rows from `first` to before `end` [columns]. */
export function weightedSum(
  kept: readonly Int32Array[],
  factor: (row: number) => number,
  first: number,
  end: number,
  columns: number,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = first; row < end; row++) {
    const share = factor(row);
    for (const segment of kept[row]!) sums[segment]! += share;
  }
  return sums;
}
