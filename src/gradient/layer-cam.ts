import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions } from './cam/class-activation.ts';
import { describedGradientCam, gradientCam } from './cam/gradient-cam.ts';
import type { Differentiable } from './differentiable.ts';

export type LayerCamOptions = CamOptions;

/**
 * LayerCAM: ReLU(Σₖ ReLU(gₖ) ⊙ Aₖ), every cell weighted by its own gradient, so that layers before the last give sharp maps
 * too: an attribution [h, w] on the layer's grid, not normalised. One forward and one backward pass per target.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://ieeexplore.ieee.org/document/9462463
 * @example
 * const { data, shape } = await layerCam(model, image, { target: 'cat', layer: 'stages.3' });
 */
export const layerCam: Explainer<Differentiable, LayerCamOptions, Attribution> = gradientCam(
  'layer-cam',
  () => (activation, gradient) => activation.map((value, cell) => Math.max(0, gradient[cell]!) * value),
);

export const layerCamMethod: Method<Differentiable, LayerCamOptions> = describedGradientCam<LayerCamOptions>({
  name: 'layer-cam',
  title: 'LayerCAM',
  aliases: [],
  explain: layerCam,
  options: CAM_DEFAULTS,
  values: '`[h, w]`, weighted activation',
  paper: { name: 'Jiang et al. 2021', url: 'https://ieeexplore.ieee.org/document/9462463' },
  when: 'For layers before the last, where it is finer than Grad-CAM.',
});
