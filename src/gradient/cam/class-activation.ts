/** Class activation maps: Σₖ of what a layer's channels say at each cell, on the layer's own grid [h, w]. */
import type { Attribution, Json, SpatialMap } from '../../core/attribution.ts';
import { checkChoice } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import { type Explainer, explainer } from '../../core/explainer.ts';
import type { RunOptions } from '../../core/predictor.ts';
import type { Subject, TargetOptions } from '../../core/subject.ts';
import type { Differentiable } from '../differentiable.ts';
import { augmented } from './augmented.ts';
import { eigenSmoothed } from './eigen-projection.ts';
import { FUSIONS, type Fusion, fused } from './fuse.ts';
import { type CamLayer, camLayers, type LayerGrid } from './layers.ts';
import { type SubsetOptions, subsetOf } from './subset.ts';

export interface LayerOptions {
  /**
   * A value, a node, a unique suffix of one, or a PyTorch module's path; several of them, as a list or `'a,b'`, are fused.
   * Default: the last feature maps before the classifier, or a transformer's last normalised tokens that the score depends on.
   */
  readonly layer?: string | readonly string[] | undefined;
}

/** Options of maps that are made of one layer. */
export interface MapOptions extends SubsetOptions {
  /** Keep only what speaks for the target. Default: true, but for CAM. */
  readonly relu?: boolean | undefined;
  /** Only what the channels' maps have most in common, as pytorch-grad-cam's `eigen_smooth`. Default: false. */
  readonly eigenSmooth?: boolean | undefined;
}

export interface CamOptions extends LayerOptions, MapOptions {
  /**
   * How the maps of several layers become one. `max` as in torch-cam, `mean` as in pytorch-grad-cam, `tanh-max` as LayerCAM in torch-cam.
   * Default: `max`.
   */
  readonly fuse?: Fusion | undefined;
  /**
   * The mean over six versions of the picture, mirrored and brighter, as pytorch-grad-cam's `aug_smooth`; of maps scaled to 0–1.
   * Default: false.
   */
  readonly augSmooth?: boolean | undefined;
}

/** The defaults of the options that maps have, in words. */
export const MAP_DEFAULTS = {
  relu: 'yes',
  filters: 'all, in one map',
  filterMaps: 'each',
  region: 'all cells',
  neurons: 'all cells',
  eigenSmooth: 'no',
} as const;
export const CAM_DEFAULTS = { ...MAP_DEFAULTS, layer: 'picked', fuse: 'max', augSmooth: 'no' } as const;

/** For each target C planes [h, w] that add up to the layer's map. */
export interface LayerMaps extends LayerGrid {
  readonly targets: readonly Float64Array[];
}

export interface ChannelMaps {
  /** One for each layer. */
  readonly layers: readonly LayerMaps[];
  /** In all, beside the classification, for each target. */
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  /** Of the method's own. */
  readonly options?: { readonly [name: string]: Json };
  readonly seed?: number;
  /** For each target what to know before trusting its map. */
  readonly warnings?: readonly (readonly string[])[];
  readonly unit: string;
}

/** How a method finds what the channels of layers say. */
export type FindMaps<Options> = (
  model: Differentiable,
  subject: Subject,
  layers: readonly CamLayer[],
  options: Options & TargetOptions,
) => Promise<ChannelMaps>;

/** The explainer of a method that says what the channels of any layers say. */
export const classActivation = <Options extends CamOptions>(
  method: string,
  find: FindMaps<Options>,
): Explainer<Differentiable, Options, Attribution> =>
  explainer<Differentiable, Options, Attribution>(method, 'logit', async (model, subject, options) => {
    const fusion = checkChoice(options.fuse ?? 'max', 'fuse', FUSIONS);
    const layers = camLayers(model, options.layer);
    if (layers.length > 1) refuseParts(options, 'several');
    const names = layers.map(({ layer }) => layer);
    const made = names.length > 1 ? { layer: names, fuse: fusion } : { layer: names[0]! };
    const settings = { ...options, relu: options.relu ?? true };
    const explain = async (seen: Subject, run: RunOptions) => {
      const found = await find(model, seen, layers, { ...options, ...run });
      return seen.targets.map((_, at) => {
        const maps = mapsOf(found, at, settings, fusion);
        return { ...maps, options: { ...made, ...maps.options, ...(options.augSmooth ? { augSmooth: true } : {}) } };
      });
    };
    if (!options.augSmooth) return explain(subject, options);
    refuseParts(options, 'the mean of several pictures');
    return augmented(model, subject, options, explain);
  });

function refuseParts(options: SubsetOptions, received: string): void {
  const part = (['filters', 'region', 'neurons'] as const).find((name) => options[name] !== undefined);
  if (part) throw expected('ERR_OPTION', part, 'one layer, whose parts they are', received);
}

/** What a target's attribution is, from what the channels say. */
export function mapsOf(found: ChannelMaps, target: number, options: MapOptions & { relu: boolean }, fusion: Fusion) {
  const { layers, unit, seed, warnings } = found;
  const { relu, filters, filterMaps, region, neurons, eigenSmooth } = options;
  const maps = layers.map((layer) => mapOf(layer, target, options));
  const whole = maps.length > 1 ? fused(maps, fusion) : maps[0]!;
  const parts = { filters, filterMaps, region, neurons, eigenSmooth: eigenSmooth || undefined } as {
    readonly [name: string]: Json | undefined;
  };
  const { data, height, width, lattice } = whole;
  const single = maps.length === 1 && filters !== undefined && filterMaps !== 'sum';
  return {
    data,
    shape: single ? [data.length / (height * width), height, width] : [height, width],
    options: { relu, ...given(parts), ...found.options },
    ...(seed === undefined ? {} : { seed }),
    ...(warnings?.[target]?.length ? { warnings: warnings[target] } : {}),
    forwardPasses: found.forwardPasses + 1,
    backwardPasses: found.backwardPasses,
    lattice,
    fold: 'sum' as const,
    unit: maps.length > 1 ? 'share of the strongest cell' : unit,
  };
}

/** The options that were given. */
const given = (options: { readonly [name: string]: Json | undefined }): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as { [name: string]: Json };

/** The map [h, w] of one layer, or one after the other those of single channels. */
function mapOf(layer: LayerMaps, target: number, options: MapOptions & { relu: boolean }): SpatialMap {
  const { height, width, lattice, targets } = layer;
  const plane = height * width;
  const channels = options.eigenSmooth ? eigenSmoothed(targets[target]!, plane) : targets[target]!;
  const { filters, isSummed, shows } = subsetOf(options, channels.length / plane, height, width);
  const chosen = filters ?? Array.from({ length: channels.length / plane }, (_, channel) => channel);
  const data = new Float32Array(isSummed ? plane : chosen.length * plane);
  const sums = isSummed ? [chosen] : chosen.map((channel) => [channel]);
  for (const [at, together] of sums.entries()) {
    for (let cell = 0; cell < plane; cell++) {
      const value = shows(cell) ? together.reduce((sum, channel) => sum + channels[channel * plane + cell]!, 0) : 0;
      data[at * plane + cell] = options.relu ? Math.max(0, value) : value;
    }
  }
  return { data, height, width, lattice };
}
