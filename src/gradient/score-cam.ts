import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, classActivation } from './cam/class-activation.ts';
import { findByMasks, type MaskOptions } from './cam/mask-weights.ts';
import type { Differentiable } from './differentiable.ts';

export type ScoreCamOptions = MaskOptions;

/**
 * Score-CAM: ReLU(Σₖ wₖ Aₖ) with w the softmax over channels of f(Mₖ ⊙ x), where mask Mₖ is channel k at the picture's size,
 * scaled to 0–1: an attribution [h, w] on the layer's grid. One forward pass per channel, shared by all targets; no gradient.
 * @throws `ERR_LAYER` where the layer is none; `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1910.01279
 * @example
 * const { data, shape } = await scoreCam(model, image, { target: 'cat' });
 */
export const scoreCam: Explainer<Differentiable, ScoreCamOptions, Attribution> = classActivation<ScoreCamOptions>(
  'score-cam',
  findByMasks(() => ({ count: 1, form: () => ({ scale: 1 }), options: {} })),
);

export const scoreCamMethod: Method<Differentiable, ScoreCamOptions> = {
  name: 'score-cam',
  title: 'Score-CAM',
  aliases: [],
  family: 'cam',
  explain: scoreCam,
  options: { ...CAM_DEFAULTS, baseline: '0', seed: '0', variant: 'paper' },
  needs: ['layer'],
  passes: { forward: 'channels + 2', backward: '0' },
  classesPerPass: 'all',
  isSigned: false,
  values: '`[h, w]`, weighted activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: { name: 'Wang et al. 2019', url: 'https://arxiv.org/abs/1910.01279' },
  when: 'Where gradients are not to be trusted, or an operator has none.',
};
