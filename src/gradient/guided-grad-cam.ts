/** Guided Grad-CAM: guided backprop where Grad-CAM says that it matters, GBP ⊙ ReLU(Σₖ αₖ Aₖ). */
import type { Attribution } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { PIXELS } from '../core/view.ts';
import { type CamLayer, camLayers } from './cam/layers.ts';
import { sum } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';
import { gradientSums } from './gradient-sums.ts';
import { type LayerMean, layerGradients } from './layer-gradients.ts';
import { NOISE_DEFAULTS, type NoiseOptions, noiseTunnel } from './noise-tunnel.ts';
import { overNoise } from './over-noise.ts';
import { GUIDED, rectifierWarnings } from './rectifying-rules.ts';

export interface GuidedGradCamOptions extends NoiseOptions {
  /** One layer, named as for Grad-CAM. Default: the one that Grad-CAM picks. */
  readonly layer?: string | readonly string[] | undefined;
}

/**
 * Guided backprop times Grad-CAM, which is brought to the size of the picture by the nearest cell, as in captum: an attribution
 * [C, H, W], signed; its heatmap shows the largest magnitude of the channels. Two forward and two backward passes per target.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for a model with
 * operators that have no gradient rule; `ERR_OPTION` where the noise is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1610.02391
 * @example
 * const { data, shape } = await guidedGradCam(model, image, { target: 'cat', layer: 'stages.4' });
 */
export const guidedGradCam = explainer<Differentiable, GuidedGradCamOptions, Attribution>(
  'guided-grad-cam',
  'logit',
  async (model, subject, options) => {
    const { picture, targets, classes, scoreKind: score } = subject;
    const [, height, width] = picture.shape as [number, number, number];
    const tunnel = noiseTunnel(options, picture);
    const scene = { picture, baseline: picture };
    const layer = oneLayer(model, options.layer);
    const found = await overNoise(tunnel, options, async (noise, run) => {
      const recipe = noise ? ({ kind: 'noise', ...noise } as const) : ({ kind: 'original' } as const);
      const rows = targets.map(({ index }, group) => ({ recipe, target: index, weight: 1, group }));
      const [guided, found] = await Promise.all([
        gradientSums(model, scene, rows, { wrt: model.input, score, classes, propagation: GUIDED, ...run }),
        layerGradients(model, subject, layer, { groups: [[recipe]], signal: run.signal }),
      ]);
      const cellOf = nearestCells([height, width], [found.height, found.width]);
      return guided.map(({ gradient }, at) => {
        const map = gradCamMap(found.targets[at]![0]!, found.height * found.width);
        return gradient.map((value, pixel) => value * Math.max(0, map[cellOf[pixel % cellOf.length]!]!));
      });
    });
    const passes = 2 * (tunnel?.draws.length ?? 1);
    const unit = `${score} weight × ${score} per unit of input`;
    return found.map((values) => ({
      data: Float32Array.from(values),
      shape: picture.shape,
      options: { layer: layer.layer, ...tunnel?.options },
      ...(tunnel ? { seed: tunnel.seed } : {}),
      forwardPasses: passes + 1,
      backwardPasses: passes,
      lattice: PIXELS,
      fold: 'magnitude',
      unit: tunnel?.squares ? `(${unit})²` : unit,
      ...rectifierWarnings(model),
    }));
  },
);

function oneLayer(model: Differentiable, name: GuidedGradCamOptions['layer']): CamLayer {
  const [layer, ...others] = camLayers(model, name);
  if (others.length === 0) return layer!;
  throw expected('ERR_OPTION', 'layer of guided-grad-cam', 'one layer', others.length + 1);
}

/** Σₖ αₖ Aₖ, where αₖ is the mean of the gradient by channel k of `plane` cells. */
function gradCamMap({ activations, gradients }: LayerMean, plane: number): Float64Array {
  const map = new Float64Array(plane);
  for (let from = 0; from < activations.length; from += plane) {
    const weight = sum(gradients.subarray(from, from + plane)) / plane;
    for (let cell = 0; cell < plane; cell++) map[cell]! += weight * activations[from + cell]!;
  }
  return map;
}

/** For each pixel the cell of a grid over the same area that it lies in. */
function nearestCells([height, width]: readonly [number, number], [rows, columns]: readonly [number, number]) {
  return Int32Array.from({ length: height * width }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    return Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
  });
}

export const guidedGradCamMethod: Method<Differentiable, GuidedGradCamOptions> = {
  name: 'guided-grad-cam',
  title: 'Guided Grad-CAM',
  aliases: [],
  family: 'gradient',
  explain: guidedGradCam,
  options: { layer: 'picked', ...NOISE_DEFAULTS },
  needs: ['layer', 'gradient'],
  passes: { forward: '3', backward: '2' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, weighted activation times gradient',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Selvaraju et al. 2016', url: 'https://arxiv.org/abs/1610.02391' },
  when: 'For fine structure, of the class that is asked for.',
};
