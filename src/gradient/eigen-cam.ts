/**
 * Eigen-CAM: the activations A [h · w, C] projected on their first right singular vector v: map = A v = Σₖ vₖ Aₖ.
 * A singular vector has no sign of its own; it is taken so that the map's largest magnitude is positive.
 */
import type { Attribution } from '../core/attribution.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { CAM_DEFAULTS, type CamOptions, classActivation } from './cam/class-activation.ts';
import { centred, projected } from './cam/eigen-projection.ts';
import { layerActivations } from './cam/layer-activations.ts';
import { type CamVariant, variantOf } from './cam/variant.ts';
import type { Differentiable } from './differentiable.ts';

export interface EigenCamOptions extends CamOptions {
  /** `pytorch-grad-cam` subtracts each channel's mean first. Default: `paper`. */
  readonly variant?: CamVariant | undefined;
}

/**
 * What stands out most in a layer, whatever the class: an attribution [h, w] on the layer's grid, the same for all targets.
 * One forward pass; no gradient.
 * @throws `ERR_LAYER` where the layer is none; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/2008.00299
 * @example
 * const { data, shape } = await eigenCam(model, image);
 */
export const eigenCam: Explainer<Differentiable, EigenCamOptions, Attribution> = classActivation<EigenCamOptions>(
  'eigen-cam',
  async (model, subject, layers, options) => {
    const variant = variantOf(options, ['pytorch-grad-cam']);
    const held = await layerActivations(model, subject.picture, layers, options);
    return {
      layers: held.map(({ activations, ...grid }) => {
        const plane = grid.height * grid.width;
        const maps = projected(variant === 'paper' ? activations : centred(activations, plane), plane);
        return { ...grid, targets: subject.targets.map(() => maps) };
      }),
      forwardPasses: 1,
      backwardPasses: 0,
      options: { variant },
      unit: 'activation',
    };
  },
);

export const eigenCamMethod: Method<Differentiable, EigenCamOptions> = {
  name: 'eigen-cam',
  title: 'Eigen-CAM',
  aliases: [],
  family: 'cam',
  explain: eigenCam,
  options: { ...CAM_DEFAULTS, variant: 'paper' },
  needs: ['layer'],
  passes: { forward: '2', backward: '0' },
  classesPerPass: 'all',
  isSigned: false,
  values: '`[h, w]`, activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: { name: 'Muhammad & Yeasin 2020', url: 'https://arxiv.org/abs/2008.00299' },
  when: 'To see what a layer responds to, whatever the class.',
};
