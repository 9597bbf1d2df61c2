/** The deconvnet reconstruction: what in the picture made a feature map what it is. */
import { checkChoice } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Photo, Picture, Prepared, RunOptions } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { algebra } from '../gradient/algebra.ts';
import { layerActivations } from '../gradient/cam/layer-activations.ts';
import type { CamLayer } from '../gradient/cam/layers.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { planar } from '../gradient/gradient-sums.ts';
import { keeper } from '../gradient/keeper.ts';
import { DECONVOLVED } from '../gradient/rectifying-rules.ts';
import { chosenChannels } from './channels.ts';
import { contrasted } from './contrasted.ts';
import { layerAt, layerShape } from './layer-at.ts';
import { onChannel, type Seed, type SeededGradient, seededGradient } from './seeded-gradient.ts';

const FROM = ['map', 'strongest-cell'] as const;

export interface ReconstructOptions extends RunOptions {
  /** A value, a node, a unique suffix of one, or a PyTorch module's path. Default: the layer that CAMs take. */
  readonly layer?: string | undefined;
  /** Which feature maps, each by itself. Default: the strongest one, which holds the largest value. */
  readonly channels?: readonly number[] | undefined;
  /** `map`: the whole feature map, negative values dropped. `strongest-cell`: its largest value alone. Default: `map`. */
  readonly from?: (typeof FROM)[number] | undefined;
}

/** One feature map brought back to the picture. */
export interface Reconstruction {
  readonly layer: string;
  readonly channel: number;
  /** The largest value of the feature map. */
  readonly activation: number;
  /** [C, H, W], signed, in the model's input space but for a factor. */
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** The same to look at: 0 near the middle, contrast evened out. */
  readonly picture: Photo;
  readonly view: View;
}

/**
 * Brings feature maps back to pixels: all other maps are set to zero, then the network is walked backwards, with unpooling through
 * the switches of the forward pass, rectifiers applied to what comes back, and transposed convolutions. One forward and one backward
 * pass for each map, and one forward pass to find the strongest.
 * @throws `ERR_LAYER` where the layer is none or has no cells; `ERR_OPTION` for a channel that it does not have;
 * `ERR_OPERATOR` for operators before it that have no gradient rule
 * @see https://arxiv.org/abs/1311.2901
 * @example
 * const [strongest] = await reconstruct(model, image, { layer: 'stages.3' });
 * console.log(strongest.channel, strongest.shape);
 */
export async function reconstruct(
  model: Differentiable,
  image: Picture,
  { layer: name, channels: asked, from: wanted, ...run }: ReconstructOptions = {},
): Promise<Reconstruction[]> {
  const at = layerAt(model, name);
  const from = checkChoice(wanted ?? 'map', 'from', FROM);
  const prepared = await model.prepare(image);
  const [values] = await layerActivations(model, prepared.picture, [at], { signal: run.signal });
  const peaks = peaksOf(values!.activations, values!.channels);
  const channels = asked ? chosenChannels(asked, peaks.length, at.layer) : [peaks.indexOf(Math.max(...peaks))];
  const reconstructions = await wayBack(model, prepared, at, channels, from, run);
  const { picture, view } = prepared;
  return channels.map((channel, index) => {
    const values = { data: reconstructions[index]!, shape: picture.shape };
    return { layer: at.layer, channel, activation: peaks[channel]!, ...values, picture: contrasted(values), view };
  });
}

function peaksOf(planes: Float64Array, channels: number): number[] {
  const plane = planes.length / channels;
  return Array.from({ length: channels }, (_, channel) =>
    planes.subarray(channel * plane, (channel + 1) * plane).reduce((a, b) => Math.max(a, b)),
  );
}

const kept = keeper<SeededGradient>();

async function wayBack(
  model: Differentiable,
  { picture }: Prepared,
  at: CamLayer,
  channels: readonly number[],
  from: (typeof FROM)[number],
  run: RunOptions,
): Promise<Float32Array[]> {
  const { layer, cells } = at;
  const name = `deconvnet from the ${from} of '${layer}'`;
  const { source, outputs } = kept(model.graph, name, () => {
    const { rules } = DECONVOLVED.prepare(model.graph, model.input);
    const request = { layer, batch: cells.batch, rules, name };
    return seededGradient(model, { ...request, seed: seedFrom(from, layerShape(model, at).length + 1, at) });
  });
  const rows = channels.map((target, group) => ({ recipe: { kind: 'original' }, target, weight: 1, group }) as const);
  const scene = { picture, baseline: picture };
  const { values } = await model.sums(source, scene, rows, { outputs: [outputs[0]], ...run });
  return values.map(([gradient], index) => {
    if (!gradient!.every(Number.isFinite)) {
      const what = `reconstruction of channel ${channels[index]} of '${layer}'`;
      throw expected('ERR_NOT_FINITE', what, 'finite numbers', 'NaN or infinity');
    }
    return Float32Array.from(model.layout === 'nhwc' ? planar(gradient!, picture.shape[0]!) : gradient!);
  });
}

/** The channel's values above 0, or the largest of them; everything else is 0. */
const seedFrom =
  (from: (typeof FROM)[number], rank: number, { cells }: CamLayer): Seed =>
  (b, value, target) => {
    const { mul, equal, indicator } = algebra(b);
    const map = b.op('Relu', [mul(value, onChannel(b, value, target, rank, cells))]);
    if (from === 'map') return map;
    const axes = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
    const peak = b.op('ReduceMax', [map, b.constant('int64', axes)]);
    return mul(map, indicator(equal(map, peak)));
  };
