/** Feature maps: what each channel of a layer says at each cell of a picture. */
import { expected } from '../core/errors.ts';
import type { Picture, RunOptions } from '../core/predictor.ts';
import type { Lattice, View } from '../core/view.ts';
import { type LayerActivations, layerActivations } from '../gradient/cam/layer-activations.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { chosenChannels } from './channels.ts';
import { layerAt } from './layer-at.ts';

export interface FeatureMapsOptions extends RunOptions {
  /** Values, nodes, unique suffixes of them, or PyTorch module paths, each taken once. Default: the layer that CAMs take. */
  readonly layers?: readonly string[] | undefined;
  /** Which channels, from 0. Default: all. */
  readonly channels?: readonly number[] | undefined;
}

/** The feature maps of one layer. */
export interface FeatureMaps {
  readonly layer: string;
  /** [channels, h, w] in C order: the values as the layer holds them, negative ones too. */
  readonly data: Float32Array;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** The number of each map's channel in the layer. */
  readonly channels: readonly number[];
  /** The share of these channels in which no value is above 0, from 0 to 1. */
  readonly blank: number;
  readonly lattice: Lattice;
  readonly view: View;
  /** Height and width of the model's input. */
  readonly inputSize: readonly [height: number, width: number];
}

/**
 * The feature maps [channels, h, w] of one or several layers, from one forward pass that ends at the last of them.
 * Of a transformer's tokens the class and register tokens are left out.
 * @throws `ERR_LAYER` where a layer is none or has no cells; `ERR_OPTION` for a channel that a layer does not have
 * @see https://arxiv.org/abs/1506.06579
 * @example
 * const [maps] = await featureMaps(model, image, { layers: ['stages.4'], channels: [0, 1, 2, 3] });
 * console.log(maps.shape, `${100 * maps.blank} % blank`);
 */
export async function featureMaps(
  model: Differentiable,
  image: Picture,
  { layers, channels, ...run }: FeatureMapsOptions = {},
): Promise<FeatureMaps[]> {
  const named = (layers ?? [undefined]).map((name) => layerAt(model, name));
  if (named.length === 0) throw expected('ERR_OPTION', 'layers', 'at least one', 'none');
  const found = [...new Map(named.map((at) => [at.layer, at])).values()];
  const prepared = await model.prepare(image);
  const [height, width] = prepared.picture.shape.slice(1) as [number, number];
  const values = await layerActivations(model, prepared.picture, found, run);
  return values.map((each) => ({ ...picked(each, channels), view: prepared.view, inputSize: [height, width] }));
}

function picked(
  { layer, activations, channels: count, height, width, lattice }: LayerActivations,
  asked?: readonly number[],
) {
  const channels = chosenChannels(asked, count, layer);
  const plane = height * width;
  const data = new Float32Array(channels.length * plane);
  const maps = channels.map((channel) => activations.subarray(channel * plane, (channel + 1) * plane));
  for (const [at, map] of maps.entries()) data.set(map, at * plane);
  const blank = maps.filter((map) => !map.some((value) => value > 0)).length / channels.length;
  return { layer, data, shape: [channels.length, height, width] as const, channels, blank, lattice };
}
