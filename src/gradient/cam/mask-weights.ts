/** Weights for a layer's channels from the scores of the picture seen through each channel, as a soft mask. */
import { type BaselineSpec, baselineOf } from '../../core/baseline.ts';
import { checkInteger } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import { partOf } from '../../core/progress.ts';
import type { Recipe } from '../../core/recipe.ts';
import { type SoftMasks, stretched } from '../../core/soft-mask.ts';
import { sharedTensor } from '../../core/tensor.ts';
import type { CamOptions, FindMaps } from './class-activation.ts';
import { type LayerActivations, layerActivations } from './layer-activations.ts';
import { type CamVariant, variantOf } from './variant.ts';
import { weighted } from './weighted.ts';

export interface MaskOptions extends CamOptions {
  /** What stands where a mask hides the picture. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
  /** Of everything that is drawn. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * How a mask is made of a channel: `paper` interpolates it between evenly spread cells, then scales it to 0–1; `torch-cam` scales
   * first; `pytorch-grad-cam` puts the outermost cells on the picture's corners. Default: `paper`.
   */
  readonly variant?: CamVariant | undefined;
}

type MaskRecipe = Omit<Extract<Recipe, { kind: 'soft-mask' }>, 'kind' | 'mask'>;

/** Σₖ wₖ Aₖ with w the softmax over channels of the mean score of the picture under mask k, in each of its forms. */
export const findByMasks =
  <Options extends MaskOptions>(
    formsOf: (options: Options) => {
      readonly count: number;
      readonly form: (mask: number, at: number) => MaskRecipe;
      readonly options: { readonly [name: string]: number };
    },
  ): FindMaps<Options> =>
  async (model, subject, layers, options) => {
    const { baseline: spec = 0, signal, onProgress } = options;
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const variant = variantOf(options, ['torch-cam', 'pytorch-grad-cam']);
    const { count, form, options: own } = formsOf(options);
    const { picture, scoreKind: score } = subject;
    const targets = subject.targets.map(({ index }) => index);
    const baseline = baselineOf(spec, subject, seed);
    const held = await layerActivations(model, picture, layers, { signal });
    const sizes = held.map((layer) => count * channelsOf(layer));
    const total = sizes.reduce((a, b) => a + b);
    const maps = [];
    for (const [at, { activations, ...grid }] of held.entries()) {
      const masks = softMasks(held[at]!, variant);
      const recipes = Array.from({ length: sizes[at]! }, (_, row): Recipe => {
        const mask = Math.floor(row / count);
        return { kind: 'soft-mask', mask, ...form(mask, row % count) };
      });
      const before = sizes.slice(0, at).reduce((a, b) => a + b, 0);
      const run = { signal, onProgress: partOf(onProgress, before, total) };
      const { values } = await model.predict({ picture, baseline, masks }, recipes, { targets, score, ...run });
      if (!values.every(Number.isFinite)) throw notFinite(grid.layer);
      const weights = targets.map((_, target) => softmax(meanScores(values, count, targets.length, target)));
      maps.push({ ...grid, targets: weights.map((w) => weighted(activations, w, grid.height * grid.width)) });
    }
    return {
      layers: maps,
      forwardPasses: total + 1,
      backwardPasses: 0,
      options: { baseline: spec, variant, ...own },
      seed,
      unit: 'weighted activation',
    };
  };

const channelsOf = ({ activations, height, width }: LayerActivations) => activations.length / (height * width);

function softMasks(layer: LayerActivations, variant: CamVariant): SoftMasks {
  const { activations, height, width } = layer;
  const planes = sharedTensor([channelsOf(layer), height, width]);
  planes.data.set(activations);
  if (variant === 'torch-cam') {
    const plane = height * width;
    for (let from = 0; from < activations.length; from += plane) stretched(planes.data.subarray(from, from + plane));
  }
  return { planes, isStretched: variant !== 'torch-cam', isCornerAligned: variant === 'pytorch-grad-cam' };
}

/** The mean score of each mask. @param values [masks, forms, targets] */
function meanScores(values: Float64Array, forms: number, targets: number, target: number): number[] {
  return Array.from({ length: values.length / (forms * targets) }, (_, mask) => {
    const ofForm = (form: number) => values[(mask * forms + form) * targets + target]!;
    return Array.from({ length: forms }, (_, form) => ofForm(form)).reduce((a, b) => a + b) / forms;
  });
}

function softmax(values: readonly number[]): number[] {
  const largest = values.reduce((a, b) => Math.max(a, b));
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

const notFinite = (layer: string) =>
  expected('ERR_NOT_FINITE', `scores of the picture behind masks of '${layer}'`, 'finite numbers', 'NaN or infinity');
