import type { Attribution } from '../core/attribution.ts';
import { checkInteger } from '../core/check.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, classActivation } from './cam/class-activation.ts';
import { findByMasks, type MaskOptions } from './cam/mask-weights.ts';
import type { Differentiable } from './differentiable.ts';

export interface IsCamOptions extends MaskOptions {
  /** Steps from the baseline to the masked picture, 1–1000. Default: 10. */
  readonly steps?: number | undefined;
}

/**
 * IS-CAM: Score-CAM whose weights are the softmax of the mean of f(i/N · Mₖ ⊙ x) over i = 1 … N: an attribution [h, w] on the
 * layer's grid. `steps` forward passes per channel, shared by all targets; no gradient. The variant `torch-cam` has its
 * coefficients i (i + 1) / 2N, which amplify the picture up to (N + 1) / 2 times, beside its masks.
 * @throws `ERR_LAYER` where the layer is none; `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/2010.03023
 * @example
 * const { data, shape } = await isCam(model, image, { target: 'cat', steps: 3 });
 */
export const isCam: Explainer<Differentiable, IsCamOptions, Attribution> = classActivation<IsCamOptions>(
  'is-cam',
  findByMasks(({ steps = 10, variant }) => {
    const count = checkInteger(steps, 'steps', 1, 1000);
    const share = (i: number) => (variant === 'torch-cam' ? (i * (i + 1)) / (2 * count) : i / count);
    return { count, form: (_, at) => ({ scale: share(at + 1) }), options: { steps } };
  }),
);

export const isCamMethod: Method<Differentiable, IsCamOptions> = {
  name: 'is-cam',
  title: 'IS-CAM',
  aliases: [],
  family: 'cam',
  explain: isCam,
  options: { ...CAM_DEFAULTS, baseline: '0', seed: '0', variant: 'paper', steps: '10' },
  needs: ['layer'],
  passes: { forward: 'channels × steps + 2', backward: '0' },
  classesPerPass: 'all',
  onlyByName: true,
  isSigned: false,
  values: '`[h, w]`, weighted activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: { name: 'Naidu et al. 2020', url: 'https://arxiv.org/abs/2010.03023' },
  when: 'To compare with its paper; Score-CAM is 10 times cheaper.',
};
