/**
 * The φ that minimises Σ wᵢ (vᵢ − v₀ − zᵢ·φ)² where Σ φ = Δ holds exactly. With G = Σ wᵢ zᵢ zᵢᵀ and b = Σ wᵢ zᵢ (vᵢ − v₀):
 * φ = G⁻¹ (b − λ1), λ = (1ᵀG⁻¹b − Δ) / (1ᵀG⁻¹1). Adding a multiple of 11ᵀ to G changes nothing where Σ φ is given, and makes
 * G definite wherever the constrained problem has one solution.
 */
import { expected } from '../core/errors.ts';
import type { Coalitions } from './coalitions.ts';
import { keptOf } from './mask-gram.ts';
import { solvePositive } from './solve-positive.ts';

/**
 * @param segments M
 * @param gram Σ wᵢ zᵢ zᵢᵀ [M · M]
 * @returns φ [M] from the scores v [n] of the coalitions, the score v₀ of none, and Δ
 */
export function shapleySolver(
  { masks, weights }: Coalitions,
  segments: number,
  gram: Float64Array,
): (scores: ArrayLike<number>, none: number, total: number) => Float64Array {
  const trace = gram.reduce((sum, value, at) => (at % (segments + 1) === 0 ? sum + value : sum), 0);
  const lift = (trace || 1) / segments ** 2;
  const solve = solvePositive(
    gram.map((value) => value + lift),
    segments,
  );
  if (!solve) {
    const wanted = 'enough to tell the segments apart';
    throw expected('ERR_OPTION', 'samples', wanted, masks.length, `Take ${4 * segments} or more.`);
  }
  const kept = masks.map(keptOf);
  const ones = solve(new Float64Array(segments).fill(1));
  const onesTotal = ones.reduce((sum, value) => sum + value, 0);

  return (scores, none, total) => {
    const right = new Float64Array(segments);
    kept.forEach((members, row) => {
      for (const member of members) right[member]! += weights[row]! * (scores[row]! - none);
    });
    const free = solve(right);
    const excess = (free.reduce((sum, value) => sum + value, 0) - total) / onesTotal;
    return free.map((value, segment) => value - excess * ones[segment]!);
  };
}
