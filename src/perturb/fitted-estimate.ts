/** An estimate that is a linear fit for each target: LIME's and KernelSHAP's. */
import type { Pieces } from './in-turns.ts';
import { doubt } from './spread.ts';
import type { Estimate } from './stages.ts';

export interface Fit {
  /** [M] */
  readonly coefficients: Float64Array;
  /** Rows [M] whose squares add up to the coefficients' variances. */
  readonly spread: readonly Float64Array[];
}

/**
 * Fits each target once, when first asked.
 * @param scores [targets][used]
 */
export function fittedEstimate<Its extends Fit, Found>(
  scores: readonly Float64Array[],
  fit: (ofTarget: Float64Array, target: number) => Pieces<Its>,
  found: (fit: Its, ofTarget: Float64Array, remarks: readonly string[]) => Found,
): Estimate<Found[]> {
  let fits: Its[] | undefined;
  function* fitted(): Pieces<Its[]> {
    if (fits) return fits;
    const all: Its[] = [];
    for (const [target, ofTarget] of scores.entries()) all.push(yield* fit(ofTarget, target));
    return (fits = all);
  }
  return {
    *doubt() {
      return Math.max(...(yield* fitted()).map(({ coefficients, spread }) => doubt(coefficients, spread)));
    },
    *result(remarks) {
      return (yield* fitted()).map((fit, target) => found(fit, scores[target]!, remarks));
    },
  };
}
