/**
 * Smooth Grad-CAM++: Grad-CAM++ with its three derivatives averaged over noisy copies of the picture. With D₁, D₂, D₃ the means
 * of g, g², g³ and A the activations of the picture itself:
 * α = D₂ / (2 D₂ + D₃ Σ A), w = Σ α ⊙ ReLU(D₁), map = ReLU(Σₖ wₖ Aₖ).
 */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import type { Explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { partOf } from '../core/progress.ts';
import { rangeOf } from '../core/tensor.ts';
import { CAM_DEFAULTS, type CamOptions, classActivation, type LayerMaps } from './cam/class-activation.ts';
import { type CamVariant, variantOf } from './cam/variant.ts';
import { quotient, sum, weighted } from './cam/weighted.ts';
import type { Differentiable } from './differentiable.ts';
import { type LayerMean, layerGradients } from './layer-gradients.ts';

export interface SmoothGradCamPlusPlusOptions extends CamOptions {
  /** Noisy pictures, 1–1000. Default: 10. */
  readonly noiseSamples?: number | undefined;
  /** The noise's standard deviation. Default: 0.15. */
  readonly noiseStd?: number | undefined;
  /** What `noiseStd` counts: shares of the picture's `range` from least to most, or `absolute` units of the model's input. Default: `range`. */
  readonly noiseUnit?: 'range' | 'absolute' | undefined;
  readonly seed?: number | undefined;
  /**
   * `as-printed` has D₁ above the line of α, where the paper's formula does not become Grad-CAM++ without noise; `torch-cam` sums
   * D₃ ⊙ A, and takes ReLU(g) and the weighted activations from the last noisy picture. Default: `paper`.
   */
  readonly variant?: CamVariant | undefined;
}

/**
 * An attribution [h, w] on the layer's grid, not normalised; with `filters` one map for each, [filters, h, w].
 * `noiseSamples` + 1 forward and backward passes per target.
 * @throws `ERR_LAYER` where the layer is none, or has no cells that the score depends on; `ERR_OPERATOR` for operators
 * between it and the score that have no gradient rule; `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a
 * target is no class
 * @see https://arxiv.org/abs/1908.01224
 * @example
 * const { data, shape } = await smoothGradCamPlusPlus(model, image, { target: 'cat', noiseSamples: 8, filters: [10, 32, 3] });
 */
export const smoothGradCamPlusPlus: Explainer<Differentiable, SmoothGradCamPlusPlusOptions, Attribution> =
  classActivation<SmoothGradCamPlusPlusOptions>('smooth-grad-cam++', async (model, subject, layers, options) => {
    const { noiseSamples = 10, noiseStd = 0.15, signal, onProgress } = options;
    const noiseUnit = checkChoice(options.noiseUnit ?? 'range', 'noiseUnit', ['range', 'absolute']);
    const variant = variantOf(options, ['as-printed', 'torch-cam']);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const std = checkNumber(noiseStd, 'noiseStd', 0) * (noiseUnit === 'range' ? rangeOf(subject.picture) : 1);
    const noisy = Array.from({ length: checkInteger(noiseSamples, 'noiseSamples', 1, 1000) }, (_, index) => {
      return { kind: 'noise', seed, index, std } as const;
    });
    const groups = [noisy, variant === 'torch-cam' ? noisy.slice(-1) : [], [{ kind: 'original' } as const]].filter(
      ({ length }) => length > 0,
    );
    const passes = groups.flat().length;
    const rows = passes * subject.targets.length;
    const maps: LayerMaps[] = [];
    for (const [at, layer] of layers.entries()) {
      const run = { signal, onProgress: partOf(onProgress, at * rows, layers.length * rows) };
      const { targets, ...grid } = await layerGradients(model, subject, layer, { groups, powers: [1, 2, 3], ...run });
      const plane = grid.height * grid.width;
      maps.push({ ...grid, targets: targets.map((means) => channelMaps(means, plane, variant)) });
    }
    return {
      layers: maps,
      forwardPasses: passes * layers.length,
      backwardPasses: passes * layers.length,
      options: { noiseSamples, noiseStd, noiseUnit, variant },
      seed,
      unit: `${subject.scoreKind} weight`,
    };
  });

/** @param means over the noisy pictures, then of the last of them where it counts, then of the picture itself */
function channelMaps(means: readonly LayerMean[], plane: number, variant: CamVariant): Float64Array {
  const [smooth, clean] = [means[0]!, means.at(-1)!];
  const [first, second, third] = smooth.powers as [Float64Array, Float64Array, Float64Array];
  const isTorchCam = variant === 'torch-cam';
  const drawn = isTorchCam ? means[1]! : { activations: clean.activations, gradients: first };
  const above = variant === 'as-printed' ? first : second;
  const weights = Array.from({ length: first.length / plane }, (_, channel) => {
    const ofChannel = (values: Float64Array) => values.subarray(channel * plane, (channel + 1) * plane);
    const [activation, cubes, squares] = [ofChannel(clean.activations), ofChannel(third), ofChannel(second)];
    const total = sum(activation);
    const added = isTorchCam ? 1e-8 + sum(cubes.map((cube, cell) => cube * activation[cell]!)) : 0;
    const alpha = ofChannel(above).map((numerator, cell) =>
      quotient(numerator, 2 * squares[cell]! + (isTorchCam ? added : cubes[cell]! * total)),
    );
    return sum(alpha.map((share, cell) => share * Math.max(0, ofChannel(drawn.gradients)[cell]!)));
  });
  return weighted(drawn.activations, weights, plane);
}

export const smoothGradCamPlusPlusMethod: Method<Differentiable, SmoothGradCamPlusPlusOptions> = {
  name: 'smooth-grad-cam++',
  title: 'Smooth Grad-CAM++',
  aliases: [],
  family: 'cam',
  explain: smoothGradCamPlusPlus,
  options: { ...CAM_DEFAULTS, noiseSamples: '10', noiseStd: '0.15', noiseUnit: 'range', seed: '0', variant: 'paper' },
  needs: ['layer', 'gradient'],
  passes: { forward: 'noise samples + 2', backward: 'noise samples + 1' },
  classesPerPass: 'one',
  isSigned: false,
  values: '`[h, w]`, or `[filters, h, w]`; weighted activation',
  resolution: "the layer's cells",
  score: 'logit',
  paper: { name: 'Omeiza et al. 2019', url: 'https://arxiv.org/abs/1908.01224' },
  when: 'To look at single feature maps or neurons, and where Grad-CAM++ is noisy.',
};
