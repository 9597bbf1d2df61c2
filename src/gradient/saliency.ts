/** Saliency: the gradient of the score itself, ∂f/∂x. */
import type { Attribution } from '../core/attribution.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from './differentiable.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { pixelAttributions } from './pixel-attributions.ts';

/**
 * How fast the score changes with each value of the model's input: an attribution [C, H, W], signed, in units of the score
 * per unit of input; its heatmap shows the largest magnitude of the channels. One forward and one backward pass per target.
 * @throws `ERR_OPERATOR` for a model with operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1312.6034
 * @example
 * const { data, shape } = await saliency(model, image, { target: 'cat' });
 */
export const saliency = explainer<Differentiable, NoiseOptions, Attribution>(
  'saliency',
  'logit',
  async (model, subject, options) => {
    const unit = `${subject.scoreKind} per unit of input`;
    const found = await pixelAttributions(model, subject, options, { unit });
    return found.map((attribution) => ({ ...attribution, fold: 'magnitude' }));
  },
);

export const saliencyMethod: Method<Differentiable, NoiseOptions> = {
  name: 'saliency',
  title: 'Saliency',
  aliases: ['GradientSaliency', 'VanillaGradient'],
  family: 'gradient',
  explain: saliency,
  options: NOISE_DEFAULTS,
  needs: ['gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, score per unit of input',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Simonyan et al. 2013', url: 'https://arxiv.org/abs/1312.6034' },
  when: 'As the cheapest look at single pixels; noisy.',
};
