import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import { type CamOptions, cam } from './cam.ts';
import type { Differentiable } from './differentiable.ts';

export type GradCamOptions = CamOptions;

/**
 * Grad-CAM: ReLU(Σₖ αₖ Aₖ) with αₖ the mean of the score's gradient over channel k: an attribution [h, w] on the layer's grid,
 * not normalised. One forward and one backward pass per target.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1610.02391
 * @example
 * const { data, shape } = await gradCam(model, image, { target: 'cat', layer: 'stages.4' });
 */
export const gradCam: Explainer<Differentiable, GradCamOptions, Attribution> = cam(
  'grad-cam',
  (activation, _gradient, meanGradient) => meanGradient * activation,
);
