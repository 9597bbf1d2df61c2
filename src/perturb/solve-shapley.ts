/**
 * The φ that minimises Σ wᵢ (vᵢ − v₀ − zᵢ·φ)² where Σ φ = Δ holds exactly. With G = Σ wᵢ zᵢ zᵢᵀ and b = Σ wᵢ zᵢ (vᵢ − v₀):
 * φ = G⁻¹ (b − λ1), λ = (1ᵀG⁻¹b − Δ) / (1ᵀG⁻¹1). Adding a multiple of 11ᵀ to G changes nothing where Σ φ is given, and makes
 * G definite wherever the constrained problem has one solution. Where it has many, the smallest φ is taken, by a trace of ridge.
 * Coalition i adds G⁻¹ (wᵢ zᵢ rᵢ − λᵢ1) to φ, r being what the fit leaves and Σ of it 0: error bars come from those that are drawn.
 */
import type { Coalitions } from './coalitions.ts';
import type { Fit } from './fitted-estimate.ts';
import type { Pieces } from './in-turns.ts';
import { keptOf } from './mask-gram.ts';
import { weightedSum } from './normal-equations.ts';
import { solvePositive } from './solve-positive.ts';
import { deviations, freedomGiven, groupStarts } from './spread.ts';

/** In parts of the mean weight of a segment: it settles what is open and leaves the rest as it is. */
const TRACE_OF_RIDGE = 1e-8;

export interface ShapleySolver {
  /** Whether the coalitions tell all segments apart. */
  readonly isDetermined: boolean;
  /** φ from the scores v [n] of the coalitions, the score v₀ of none, and Δ. */
  readonly solve: (scores: ArrayLike<number>, none: number, total: number) => Pieces<Fit>;
}

/** How many observations of one weight say as much: (Σ w)² / Σ w². Coalitions are mostly drawn in pairs, which say as much as one. */
function effectiveCount(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0);
}

/**
 * @param segments M
 * @param gram Σ wᵢ zᵢ zᵢᵀ [M · M]
 */
export function* shapleySolver(
  { masks, weights, drawnFrom }: Coalitions,
  segments: number,
  gram: Float64Array,
): Pieces<ShapleySolver> {
  const trace = gram.reduce((sum, value, at) => (at % (segments + 1) === 0 ? sum + value : sum), 0);
  const mean = (trace || 1) / segments;
  const lifted = (ridge: number) =>
    gram.map((value, at) => value + mean / segments + (at % (segments + 1) === 0 ? ridge : 0));
  const determined = yield* solvePositive(lifted(0), segments);
  const solver = determined ?? (yield* solvePositive(lifted(TRACE_OF_RIDGE * mean), segments))!;
  const kept = masks.map(keptOf);
  const ones = solver(new Float64Array(segments).fill(1));
  const onesTotal = ones.reduce((sum, value) => sum + value, 0);

  /** G⁻¹ (right − λ1), whose sum is `total`. */
  function constrained(right: Float64Array, total: number): Float64Array {
    const free = solver(right);
    const excess = (free.reduce((sum, value) => sum + value, 0) - total) / onesTotal;
    return free.map((value, segment) => value - excess * ones[segment]!);
  }

  function* solve(scores: ArrayLike<number>, none: number, total: number): Pieces<Fit> {
    const right = weightedSum(kept, (row) => weights[row]! * (scores[row]! - none), 0, kept.length, segments);
    yield;
    const coefficients = constrained(right, total);
    const residual = (row: number) =>
      scores[row]! - none - kept[row]!.reduce((fitted, segment) => fitted + coefficients[segment]!, 0);
    const parts: Float64Array[] = [];
    const drawn = kept.length - drawnFrom;
    const starts = groupStarts(drawn);
    for (const [group, end] of starts.slice(1).entries()) {
      yield;
      const moved = (row: number) => weights[row]! * residual(row);
      parts.push(constrained(weightedSum(kept, moved, drawnFrom + starts[group]!, drawnFrom + end, segments), 0));
    }
    if (!determined) return { coefficients, spread: [] };
    return {
      coefficients,
      spread:
        drawn === 0
          ? [new Float64Array(segments)]
          : freedomGiven(deviations(parts, drawn), effectiveCount(weights) / 2, segments - 1),
    };
  }
  return { isDetermined: determined !== undefined, solve };
}
