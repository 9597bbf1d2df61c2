/** Guided backpropagation: the gradient, of which every rectifier lets only the positive part through. */
import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from './differentiable.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { rectified } from './rectified.ts';
import { GUIDED } from './rectifying-rules.ts';

/**
 * Guided backpropagation: an attribution [C, H, W], signed, in units of the score per unit of input; its heatmap shows the
 * largest magnitude of the channels. Rectifiers are Relu, ReLU6, LeakyRelu, PRelu and ThresholdedRelu; a model without any
 * gets its gradient, and a warning. One forward and one backward pass per target.
 * @throws `ERR_OPERATOR` for a model with operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1412.6806
 * @example
 * const { data, shape } = await guidedBackprop(model, image, { target: 'cat' });
 */
export const guidedBackprop: Explainer<Differentiable, NoiseOptions, Attribution> = rectified(
  'guided-backprop',
  GUIDED,
);

export const guidedBackpropMethod: Method<Differentiable, NoiseOptions> = {
  name: 'guided-backprop',
  title: 'Guided backprop',
  aliases: ['GuidedBackpropReLUModel', 'GuidedBackpropagation'],
  family: 'gradient',
  explain: guidedBackprop,
  options: NOISE_DEFAULTS,
  needs: ['gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, score per unit of input, negative ways cut off',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Springenberg et al. 2014', url: 'https://arxiv.org/abs/1412.6806' },
  when: 'For sharp pictures of what features look like; hardly tells classes apart.',
};
