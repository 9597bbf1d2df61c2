import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions } from './cam/class-activation.ts';
import { describedGradientCam, gradientCam } from './cam/gradient-cam.ts';
import { type CamVariant, variantOf } from './cam/variant.ts';
import { quotient, sum } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';

export interface GradCamPlusPlusOptions extends CamOptions {
  /** `torch-cam` has α = g², as its code leaves the denominator out; `pytorch-grad-cam` adds 10⁻⁶ to it. Default: `paper`. */
  readonly variant?: CamVariant | undefined;
}

/**
 * Grad-CAM++: ReLU(Σₖ wₖ Aₖ) with wₖ = Σ αₖ ⊙ ReLU(gₖ) and αₖ = g² / (2 g² + g³ Σ Aₖ): an attribution [h, w] on the layer's
 * grid, not normalised. One forward and one backward pass per target, as for exp(f) all derivatives are powers of the first.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1710.11063
 * @example
 * const { data, shape } = await gradCamPlusPlus(model, image, { target: 'cat' });
 */
export const gradCamPlusPlus: Explainer<Differentiable, GradCamPlusPlusOptions, Attribution> = gradientCam(
  'grad-cam++',
  (options) => {
    const variant = variantOf(options, ['torch-cam', 'pytorch-grad-cam']);
    const added = variant === 'pytorch-grad-cam' ? 1e-6 : 0;
    return (activation, gradient) => {
      const total = sum(activation);
      const alpha = (g: number) =>
        variant === 'torch-cam' ? g ** 2 : quotient(g ** 2, 2 * g ** 2 + total * g ** 3 + added);
      const weight = sum(gradient.map((g) => alpha(g) * Math.max(0, g)));
      return activation.map((value) => weight * value);
    };
  },
);

export const gradCamPlusPlusMethod: Method<Differentiable, GradCamPlusPlusOptions> =
  describedGradientCam<GradCamPlusPlusOptions>({
    name: 'grad-cam++',
    title: 'Grad-CAM++',
    aliases: [],
    explain: gradCamPlusPlus,
    options: { ...CAM_DEFAULTS, variant: 'paper' },
    values: '`[h, w]`, weighted activation',
    paper: { name: 'Chattopadhyay et al. 2017', url: 'https://arxiv.org/abs/1710.11063' },
    when: 'Where a class appears several times in the picture.',
  });
