import type { Attribution } from '../../dist/src/core/attribution.js';
import { PIXELS } from '../../dist/src/core/view.js';

/** An attribution of a 6 × 4 photo of which a model with a 4 × 4 input saw the middle; one value per pixel of the input. */
export function attributionOf(data: number[], changes: Partial<Attribution> = {}): Attribution {
  return {
    method: 'grad-cam',
    data: Float32Array.from(data),
    shape: [1, 4, 4],
    target: { index: 0, label: 'cat', probability: 0.9 },
    scoreKind: 'logit',
    score: 1,
    options: {},
    forwardPasses: 17,
    backwardPasses: 0,
    seconds: 0.5,
    view: { width: 6, height: 4, crop: [1, 0, 4, 4] },
    inputSize: [4, 4],
    lattice: PIXELS,
    fold: 'sum',
    unit: 'logit drop',
    ...changes,
  };
}

/** A photo of 6 × 4 pixels of one colour. */
export const flatPhoto = (colour: readonly [number, number, number]) => ({
  data: Uint8Array.from({ length: 6 * 4 * 3 }, (_, at) => colour[at % 3]!),
  width: 6,
  height: 4,
});
