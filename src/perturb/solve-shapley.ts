/**
 * The φ that minimises Σ wᵢ (vᵢ − v₀ − zᵢ·φ)² where Σ φ = Δ holds exactly. With G = Σ wᵢ zᵢ zᵢᵀ and b = Σ wᵢ zᵢ (vᵢ − v₀):
 * φ = G⁻¹ (b − λ1), λ = (1ᵀG⁻¹b − Δ) / (1ᵀG⁻¹1). Adding a multiple of 11ᵀ to G changes nothing where Σ φ is given, and makes
 * G definite wherever the constrained problem has one solution. Where it has many, the smallest φ is taken, by a trace of ridge.
 */
import type { Coalitions } from './coalitions.ts';
import { keptOf } from './mask-gram.ts';
import { solvePositive } from './solve-positive.ts';

/** In parts of the mean weight of a segment: it settles what is open and leaves the rest as it is. */
const TRACE_OF_RIDGE = 1e-8;

export interface ShapleySolver {
  /** Whether the coalitions tell all segments apart. */
  readonly isDetermined: boolean;
  /** φ [M] from the scores v [n] of the coalitions, the score v₀ of none, and Δ. */
  readonly solve: (scores: ArrayLike<number>, none: number, total: number) => Float64Array;
}

/**
 * @param segments M
 * @param gram Σ wᵢ zᵢ zᵢᵀ [M · M]
 */
export function shapleySolver({ masks, weights }: Coalitions, segments: number, gram: Float64Array): ShapleySolver {
  const trace = gram.reduce((sum, value, at) => (at % (segments + 1) === 0 ? sum + value : sum), 0);
  const mean = (trace || 1) / segments;
  const lifted = (ridge: number) =>
    gram.map((value, at) => value + mean / segments + (at % (segments + 1) === 0 ? ridge : 0));
  const determined = solvePositive(lifted(0), segments);
  const solver = determined ?? solvePositive(lifted(TRACE_OF_RIDGE * mean), segments)!;
  const kept = masks.map(keptOf);
  const ones = solver(new Float64Array(segments).fill(1));
  const onesTotal = ones.reduce((sum, value) => sum + value, 0);

  function solve(scores: ArrayLike<number>, none: number, total: number): Float64Array {
    const right = new Float64Array(segments);
    kept.forEach((members, row) => {
      for (const member of members) right[member]! += weights[row]! * (scores[row]! - none);
    });
    const free = solver(right);
    const excess = (free.reduce((sum, value) => sum + value, 0) - total) / onesTotal;
    return free.map((value, segment) => value - excess * ones[segment]!);
  }
  return { isDetermined: determined !== undefined, solve };
}
