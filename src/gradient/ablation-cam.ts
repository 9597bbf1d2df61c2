/**
 * Ablation-CAM: wₖ = (y − yₖ) / y, the share of the score y that is lost where channel k of the layer is taken away;
 * map = ReLU(Σₖ wₖ Aₖ). What comes before the layer does not run again.
 */
import type { Attribution } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { partOf } from '../core/progress.ts';
import type { Target } from '../core/target.ts';
import { cut } from '../onnx/cut.ts';
import type { CutGraph } from '../workers/task.ts';
import { CAM_DEFAULTS, type CamOptions, classActivation, type LayerMaps } from './cam/class-activation.ts';
import { layerActivations } from './cam/layer-activations.ts';
import type { CamLayer } from './cam/layers.ts';
import { type CamVariant, variantOf } from './cam/variant.ts';
import { weighted } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';
import { graphSource } from './graph-source.ts';
import { refuseUnfelt } from './layer-gradients.ts';

export interface AblationCamOptions extends CamOptions {
  /**
   * `paper` puts zeros in a channel's place; so does `pytorch-grad-cam` where the layer's least value is 0, and else a number 10⁷ below
   * that. Default: `paper`.
   */
  readonly variant?: CamVariant | undefined;
}

/**
 * An attribution [h, w] on the layer's grid, not normalised. One pass of what lies behind the layer for each channel, shared by
 * all targets; no gradient.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_TARGET` where a target is no class
 * @see https://openaccess.thecvf.com/content_WACV_2020/html/Desai_Ablation-CAM_Visual_Explanations_for_Deep_Convolutional_Network_via_Gradient-free_Localization_WACV_2020_paper.html
 * @example
 * const { data, shape } = await ablationCam(model, image, { target: 'cat' });
 */
export const ablationCam: Explainer<Differentiable, AblationCamOptions, Attribution> =
  classActivation<AblationCamOptions>('ablation-cam', async (model, subject, layers, options) => {
    const { signal, onProgress } = options;
    const variant = variantOf(options, ['pytorch-grad-cam']);
    const { picture, targets, scoreKind: score } = subject;
    const unfelt = layers.find(({ cells }) => !cells.felt);
    if (unfelt) refuseUnfelt(model, unfelt.layer);
    const held = await layerActivations(model, picture, layers, { signal });
    const rows = held.map(({ activations, height, width }) => activations.length / (height * width) + 1);
    const total = rows.reduce((a, b) => a + b);
    const maps: LayerMaps[] = [];
    for (const [at, { activations, ...grid }] of held.entries()) {
      // −1 takes nothing away: the score to compare with comes out of the same graph.
      const channels = Array.from({ length: rows[at]! }, (_, row) => row - 1);
      const before = rows.slice(0, at).reduce((a, b) => a + b, 0);
      const scores = await model.ablations(cutAt(model, layers[at]!), { picture, baseline: picture }, channels, {
        value: variant === 'paper' ? 'zero' : 'far-below',
        reading: {
          output: model.output,
          score,
          activation: model.activation,
          binary: false,
          targets: targets.map(({ index }) => index),
        },
        signal,
        onProgress: partOf(onProgress, before, total),
      });
      if (!scores.every(Number.isFinite)) {
        throw expected(
          'ERR_NOT_FINITE',
          `scores without channels of '${grid.layer}'`,
          'finite numbers',
          'NaN or infinity',
        );
      }
      const weights = targets.map((_, target) => lostShares(scores, targets.length, target));
      maps.push({ ...grid, targets: weights.map((w) => weighted(activations, w, grid.height * grid.width)) });
    }
    return {
      layers: maps,
      forwardPasses: total + 1,
      backwardPasses: 0,
      options: { variant },
      warnings: targets.map((target, at) => cautions(target, subject.scores[at]!)),
      unit: 'weighted activation',
    };
  });

/** @param scores [1 + channels, targets], the first row of the whole layer */
function lostShares(scores: Float64Array, targets: number, target: number): number[] {
  const ofTarget = Array.from({ length: scores.length / targets }, (_, row) => scores[row * targets + target]!);
  const [whole, ...ablated] = ofTarget as [number, ...number[]];
  return ablated.map((score) => (whole - score) / (whole || 1));
}

/** What a score that is not above 0 means for shares of it. */
function cautions({ label }: Target, score: number): string[] {
  const name = `The score of '${label}'`;
  if (score === 0) return [`${name} is 0: its losses themselves are the weights, as nothing can be divided by it.`];
  if (score > 0) return [];
  return [`${name} is below 0, which turns the signs of the shares that channels lose. Try score: probability.`];
}

function cutAt(model: Differentiable, { layer, cells }: CamLayer): CutGraph {
  const { head, tail, crossing } = cut(model.graph, layer);
  return {
    head: graphSource(model, head, `before '${layer}'`),
    tail: graphSource(model, tail, `behind '${layer}'`),
    crossing,
    layer,
    batchAxis: cells.batch,
    channelAxis: cells.channels < cells.batch ? cells.channels : cells.channels + 1,
  };
}

export const ablationCamMethod: Method<Differentiable, AblationCamOptions> = {
  name: 'ablation-cam',
  title: 'Ablation-CAM',
  aliases: [],
  family: 'cam',
  explain: ablationCam,
  options: { ...CAM_DEFAULTS, variant: 'paper' },
  needs: ['layer'],
  passes: { forward: 'channels + 3, of the part behind the layer', backward: '0' },
  classesPerPass: 'all',
  isSigned: false,
  values: '`[h, w]`, weighted activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: {
    name: 'Desai & Ramaswamy 2020',
    url: 'https://openaccess.thecvf.com/content_WACV_2020/html/Desai_Ablation-CAM_Visual_Explanations_for_Deep_Convolutional_Network_via_Gradient-free_Localization_WACV_2020_paper.html',
  },
  when: 'Where gradients vanish because the score is saturated.',
};
