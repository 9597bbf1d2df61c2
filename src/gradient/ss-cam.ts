import type { Attribution } from '../core/attribution.ts';
import { checkInteger, checkNumber } from '../core/check.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, classActivation } from './cam/class-activation.ts';
import { findByMasks, type MaskOptions } from './cam/mask-weights.ts';
import type { Differentiable } from './differentiable.ts';

export interface SsCamOptions extends MaskOptions {
  /** Noisy copies of each mask, 1–1000. Default: 35. */
  readonly noiseSamples?: number | undefined;
  /** The noise's standard deviation, on masks from 0 to 1. Default: 2. */
  readonly noiseStd?: number | undefined;
}

/**
 * SS-CAM: Score-CAM whose weights are the softmax of the mean of f((Mₖ + δ) ⊙ x) over draws δ from N(0, σ²) at each pixel:
 * an attribution [h, w] on the layer's grid. `noiseSamples` forward passes per channel, shared by all targets; no gradient.
 * @throws `ERR_LAYER` where the layer is none; `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/2006.14255
 * @example
 * const { data, shape } = await ssCam(model, image, { target: 'cat', noiseSamples: 2 });
 */
export const ssCam: Explainer<Differentiable, SsCamOptions, Attribution> = classActivation<SsCamOptions>(
  'ss-cam',
  findByMasks(({ noiseSamples = 35, noiseStd = 2, seed = 0 }) => {
    const count = checkInteger(noiseSamples, 'noiseSamples', 1, 1000);
    const std = checkNumber(noiseStd, 'noiseStd', 0);
    const form = (mask: number, at: number) => ({ scale: 1, noise: { seed, index: mask * count + at, std } });
    return { count, form, options: { noiseSamples, noiseStd } };
  }),
);

export const ssCamMethod: Method<Differentiable, SsCamOptions> = {
  name: 'ss-cam',
  title: 'SS-CAM',
  aliases: [],
  family: 'cam',
  explain: ssCam,
  options: { ...CAM_DEFAULTS, baseline: '0', seed: '0', variant: 'paper', noiseSamples: '35', noiseStd: '2' },
  needs: ['layer'],
  passes: { forward: 'channels × noise samples + 2', backward: '0' },
  classesPerPass: 'all',
  onlyByName: true,
  isSigned: false,
  values: '`[h, w]`, weighted activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: { name: 'Wang et al. 2020', url: 'https://arxiv.org/abs/2006.14255' },
  when: 'To compare with its paper; Score-CAM is 35 times cheaper.',
};
