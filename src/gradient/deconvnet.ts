/** Deconvnet: back through the network with rectifiers that cut off what is negative on the way back, whatever they did forward. */
import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from './differentiable.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { rectified } from './rectified.ts';
import { DECONVOLVED } from './rectifying-rules.ts';

/**
 * The deconvolutional network's picture of a class: an attribution [C, H, W], signed, in units of the score per unit of
 * input; its heatmap shows the largest magnitude of the channels. Maxima go back to where they came from. Rectifiers are those
 * of guided backprop. One forward and one backward pass per target.
 * @throws `ERR_OPERATOR` for a model with operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1311.2901
 * @example
 * const { data, shape } = await deconvnet(model, image, { target: 'cat' });
 */
export const deconvnet: Explainer<Differentiable, NoiseOptions, Attribution> = rectified('deconvnet', DECONVOLVED);

export const deconvnetMethod: Method<Differentiable, NoiseOptions> = {
  name: 'deconvnet',
  title: 'Deconvnet',
  aliases: ['Deconvolution'],
  family: 'gradient',
  explain: deconvnet,
  options: NOISE_DEFAULTS,
  needs: ['gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, score per unit of input, negative ways cut off',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Zeiler & Fergus 2013', url: 'https://arxiv.org/abs/1311.2901' },
  when: 'Beside guided backprop, which it came before.',
};
