import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions } from './cam/class-activation.ts';
import { describedGradientCam, gradientCam } from './cam/gradient-cam.ts';
import { quotient, sum } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';

export type XGradCamOptions = CamOptions;

/**
 * XGrad-CAM: ReLU(Σₖ αₖ Aₖ) with αₖ = Σ g ⊙ Aₖ / Σ Aₖ, the mean gradient where the channel is active: an attribution [h, w] on
 * the layer's grid, not normalised. A channel whose activations add up to 0 says nothing.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/2008.02312
 * @example
 * const { data, shape } = await xGradCam(model, image, { target: 'cat' });
 */
export const xGradCam: Explainer<Differentiable, XGradCamOptions, Attribution> = gradientCam(
  'xgrad-cam',
  () => (activation, gradient) => {
    const felt = activation.map((value, cell) => gradient[cell]! * value);
    const weight = quotient(sum(felt), sum(activation));
    return activation.map((value) => weight * value);
  },
);

export const xGradCamMethod: Method<Differentiable, XGradCamOptions> = describedGradientCam<XGradCamOptions>({
  name: 'xgrad-cam',
  title: 'XGrad-CAM',
  aliases: [],
  explain: xGradCam,
  options: CAM_DEFAULTS,
  values: '`[h, w]`, weighted activation',
  paper: { name: 'Fu et al. 2020', url: 'https://arxiv.org/abs/2008.02312' },
  when: 'Where Grad-CAM’s weights should count active cells only.',
});
