/**
 * The b that minimises ½ bᵀQb − rᵀb + λ Σ|bⱼ|, by coordinate descent: bⱼ ← S(rⱼ − Σ_{k≠j} Qⱼₖ bₖ) / Qⱼⱼ for each j in turn, where
 * S moves a number towards 0 by λ. With Q and r of a weighted regression and λ = α Σ w it is scikit-learn's Lasso.
 * @see https://doi.org/10.18637/jss.v033.i01
 */

const MOST_ROUNDS = 10_000;
/** Of the strongest coordinate's step at first. */
const CLOSE = 1e-12;

/** Solves for any right side r [side], with the symmetric Q [side · side] without negative eigenvalues. */
export const lassoSolver =
  (matrix: Float64Array, side: number, penalty: number) =>
  (right: Float64Array): Float64Array => {
    const solution = new Float64Array(side);
    const slope = Float64Array.from(right);
    const scales = Float64Array.from({ length: side }, (_, at) => matrix[at * side + at]!);
    const longest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let farthest = 0;
      for (let at = 0; at < side; at++) {
        const scale = scales[at]!;
        if (scale <= 0) continue;
        const step = towardsZero(slope[at]! + scale * solution[at]!, penalty) / scale - solution[at]!;
        if (step === 0) continue;
        solution[at]! += step;
        for (let other = 0; other < side; other++) slope[other]! -= step * matrix[at * side + other]!;
        farthest = Math.max(farthest, Math.abs(step * scale));
      }
      if (farthest <= CLOSE * longest) break;
    }
    return solution;
  };

const towardsZero = (value: number, by: number): number => Math.sign(value) * Math.max(0, Math.abs(value) - by);
