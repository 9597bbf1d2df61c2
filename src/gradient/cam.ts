/** Class activation maps: Σₖ of what a layer's channels say at each cell, on the layer's own grid [h, w]. */
import type { Attribution } from '../core/attribution.ts';
import { explainer } from '../core/explainer.ts';
import type { Differentiable } from './differentiable.ts';
import { type LayerOptions, layerGradients } from './layer-gradients.ts';

export interface CamOptions extends LayerOptions {
  /** Keep only what speaks for the target. Default: true. */
  readonly relu?: boolean | undefined;
}

/** The defaults of the options that all maps have, in words. */
export const CAM_DEFAULTS = { layer: 'picked', relu: 'yes' } as const;

/** One channel at one cell: the activation A, its gradient g, and the mean of the channel's gradient. */
export type CellTerm = (activation: number, gradient: number, meanGradient: number) => number;

/** The explainer ReLU(Σₖ term) of a layer. */
export const cam = (method: string, term: CellTerm) =>
  explainer<Differentiable, CamOptions, Attribution>(method, 'logit', async (model, subject, options) => {
    const { relu = true } = options;
    const { layer, lattice, height, width, targets } = await layerGradients(model, subject, options);
    return targets.map(({ activations, gradients }) => {
      const map = sumOverChannels(activations, gradients, height * width, term);
      return {
        data: Float32Array.from(map, (value) => (relu ? Math.max(0, value) : value)),
        shape: [height, width],
        options: { layer, relu },
        forwardPasses: 2,
        backwardPasses: 1,
        lattice,
        fold: 'sum',
        unit: `${subject.scoreKind} weight`,
      };
    });
  });

function sumOverChannels(activations: Float64Array, gradients: Float64Array, plane: number, term: CellTerm) {
  const map = new Float64Array(plane);
  for (let from = 0; from < activations.length; from += plane) {
    const channel = gradients.subarray(from, from + plane);
    const mean = channel.reduce((sum, gradient) => sum + gradient, 0) / plane;
    channel.forEach((gradient, cell) => {
      map[cell]! += term(activations[from + cell]!, gradient, mean);
    });
  }
  return map;
}
