/** Input × gradient: x ⊙ ∂f/∂x, what a linear model would add up to its score, less its bias. */
import type { Attribution } from '../core/attribution.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from './differentiable.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { pixelAttributions } from './pixel-attributions.ts';
import { GRADIENT, type Propagation } from './propagation.ts';

const INPUT_X_GRADIENT: Propagation = {
  ...GRADIENT,
  name: 'input × gradient',
  finish: (gradient, { mul }, picture) => mul(gradient, picture),
};

/**
 * Each value of the model's input times the gradient of the score by it: an attribution [C, H, W], signed, in units of the
 * score. One forward and one backward pass per target.
 * @throws `ERR_OPERATOR` for a model with operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1605.01713
 * @example
 * const { data, shape } = await inputXGradient(model, image, { target: 'cat' });
 */
export const inputXGradient = explainer<Differentiable, NoiseOptions, Attribution>(
  'input-x-gradient',
  'logit',
  async (model, subject, options) => {
    const request = { propagation: INPUT_X_GRADIENT, unit: subject.scoreKind };
    const found = await pixelAttributions(model, subject, options, request);
    return found.map((attribution) => ({ ...attribution, fold: 'sum' }));
  },
);

export const inputXGradientMethod: Method<Differentiable, NoiseOptions> = {
  name: 'input-x-gradient',
  title: 'Input × gradient',
  aliases: ['GradientTimesInput', 'GradientsInput'],
  family: 'gradient',
  explain: inputXGradient,
  options: NOISE_DEFAULTS,
  needs: ['gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, share of the score, to first order',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Shrikumar et al. 2016', url: 'https://arxiv.org/abs/1605.01713' },
  when: 'In place of Integrated Gradients where one pass must do.',
};
