import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions } from './cam/class-activation.ts';
import { describedGradientCam, gradientCam } from './cam/gradient-cam.ts';
import { type CamVariant, variantOf } from './cam/variant.ts';
import type { Differentiable } from './differentiable.ts';

export interface HiResCamOptions extends CamOptions {
  /** `element-wise` drops each channel's negative products before they are added up, as pytorch-grad-cam's GradCAMElementWise does. */
  readonly variant?: CamVariant | undefined;
}

/**
 * HiResCAM: ReLU(Σₖ gₖ ⊙ Aₖ), what each cell itself adds to the score: an attribution [h, w] on the layer's grid, not
 * normalised. Where the layer is followed by linear operators alone, it adds up to the score but for the bias.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/2011.08891
 * @example
 * const { data, shape } = await hiResCam(model, image, { target: 'cat' });
 */
export const hiResCam: Explainer<Differentiable, HiResCamOptions, Attribution> = gradientCam('hires-cam', (options) => {
  const least = variantOf(options, ['element-wise']) === 'element-wise' ? 0 : -Infinity;
  return (activation, gradient) => activation.map((value, cell) => Math.max(least, gradient[cell]! * value));
});

export const hiResCamMethod: Method<Differentiable, HiResCamOptions> = describedGradientCam<HiResCamOptions>({
  name: 'hires-cam',
  title: 'HiResCAM',
  aliases: [],
  explain: hiResCam,
  options: { ...CAM_DEFAULTS, variant: 'paper' },
  values: '`[h, w]`, share of the score',
  paper: { name: 'Draelos & Carin 2020', url: 'https://arxiv.org/abs/2011.08891' },
  when: 'Where the map must show only what the model used, not what lies in the same channel.',
});
