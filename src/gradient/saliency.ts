/** Saliency: the gradient of the score itself, ∂f/∂x. */
import type { Attribution } from '../core/attribution.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { PIXELS } from '../core/view.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';

/**
 * How fast the score changes with each value of the model's input: an attribution [C, H, W], signed, in units of the score
 * per unit of input; its heatmap shows the largest magnitude of the channels. One forward and one backward pass per target.
 * @throws `ERR_OPERATOR` for a model with operators that have no gradient rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1312.6034
 * @example
 * const { data, shape } = await saliency(model, image, { target: 'cat' });
 */
export const saliency = explainer<Differentiable, object, Attribution>(
  'saliency',
  'logit',
  async (model, subject, { signal, onProgress }) => {
    const { picture, targets, classes, scoreKind } = subject;
    const rows = targets.map(
      ({ index }, group) => ({ recipe: { kind: 'original' }, target: index, weight: 1, group }) as const,
    );
    const request = { wrt: model.input, score: scoreKind, classes, signal, onProgress };
    const sums = await gradientSums(model, { picture, baseline: picture }, rows, request);
    return sums.map(({ gradient, shape }) => ({
      data: Float32Array.from(gradient),
      shape,
      options: {},
      forwardPasses: 2,
      backwardPasses: 1,
      lattice: PIXELS,
      fold: 'magnitude',
      unit: `${scoreKind} per unit of input`,
    }));
  },
);

export const saliencyMethod: Method<Differentiable, object> = {
  name: 'saliency',
  title: 'Saliency',
  aliases: ['GradientSaliency', 'VanillaGradient'],
  family: 'gradient',
  explain: saliency,
  options: {},
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
