import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions } from './cam/class-activation.ts';
import { describedGradientCam, gradientCam } from './cam/gradient-cam.ts';
import { sum } from './cam/weighted.ts';
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
export const gradCam: Explainer<Differentiable, GradCamOptions, Attribution> = gradientCam(
  'grad-cam',
  () => (activation, gradient) => {
    const weight = sum(gradient) / gradient.length;
    return activation.map((value) => weight * value);
  },
);

export const gradCamMethod: Method<Differentiable, GradCamOptions> = describedGradientCam<GradCamOptions>({
  name: 'grad-cam',
  title: 'Grad-CAM',
  aliases: ['LayerGradCam'],
  explain: gradCam,
  options: CAM_DEFAULTS,
  values: '`[h, w]`, weighted activation',
  paper: { name: 'Selvaraju et al. 2016', url: 'https://arxiv.org/abs/1610.02391' },
  when: 'For a quick and robust answer to where.',
});
