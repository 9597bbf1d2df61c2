/** What stands where a picture is taken away while an explanation is measured. */
import { baselineOf } from '../../core/baseline.ts';
import { checkChoice } from '../../core/check.ts';
import type { Prepared } from '../../core/predictor.ts';
import type { Tensor } from '../../core/tensor.ts';

export const SUBSTRATES = ['zero', 'mean', 'blur'] as const;
export type Substrate = (typeof SUBSTRATES)[number];

/** RISE's blur has 11 × 11 pixels and σ = 5. */
const BASELINES = { zero: 0, mean: 'mean', blur: 'blur:11' } as const;

/** Zeros in the model's input space, the picture's mean colour, or the picture under a Gaussian blur. */
export const substrateOf = (substrate: Substrate, prepared: Prepared): Tensor =>
  baselineOf(BASELINES[checkChoice(substrate, 'substrate', SUBSTRATES)], prepared, 0);
