/** What a picture is to be made for: a channel, one neuron of it, or a class. */
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { labelOf, resolveTargets } from '../core/target.ts';
import type { Tensor } from '../core/tensor.ts';
import { algebra } from '../gradient/algebra.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { keeper } from '../gradient/keeper.ts';
import { RULES } from '../gradient/rules/index.ts';
import { expandLike, withAxes } from '../gradient/shaping.ts';
import { type Cells, gridSize } from '../onnx/cells.ts';
import { chosenChannels } from './channels.ts';
import { layerAt, layerShape } from './layer-at.ts';
import { onChannel, type Seed, type SeededGradient, seededGradient } from './seeded-gradient.ts';
import { wakingRules } from './waking.ts';

export interface ObjectiveOptions {
  /** A value, a node, a unique suffix of one, or a PyTorch module's path. Default: the layer that CAMs take. */
  readonly layer?: string | undefined;
  /** Which channels of the layer, a picture for each. Default: the first 64. */
  readonly channels?: readonly number[] | undefined;
  /** One cell of the channels, row and column from 0. Default: the mean of all cells. */
  readonly neuron?: readonly [y: number, x: number] | undefined;
  /** Classes by index or name, in place of a layer's channels: their logits. */
  readonly targets?: readonly (number | string)[] | undefined;
}

export interface Wanted {
  readonly layer: string;
  /** The channel of the layer, or the class of the logits. */
  readonly channel: number;
  readonly label?: string;
  readonly neuron?: readonly [y: number, x: number];
  /** The number of it in the graph. */
  readonly target: number;
}

export interface Objective {
  readonly gradient: SeededGradient;
  readonly wanted: readonly Wanted[];
}

const MOST_CHANNELS = 64;
const kept = keeper<SeededGradient>();

/** @throws `ERR_OPTION`, `ERR_LAYER`, `ERR_TARGET` for what the model does not have; `ERR_OPERATOR` as the backward graph does */
export async function objectiveOf(
  model: Differentiable,
  picture: Tensor,
  options: ObjectiveOptions,
): Promise<Objective> {
  if (options.targets) return classObjective(model, picture, options.targets, options);
  const at = layerAt(model, options.layer);
  const { layer, cells } = at;
  const shape = layerShape(model, at);
  const [height, width] = gridSize(shape, cells);
  const count = shape[cells.channels]!;
  const first = [...Array(Math.min(count, MOST_CHANNELS)).keys()];
  const channels = chosenChannels(options.channels ?? first, count, layer);
  const { neuron } = options;
  if (neuron) {
    checkInteger(neuron[0], 'neuron (y)', 0, height - 1);
    checkInteger(neuron[1], 'neuron (x)', 0, width - 1);
  }
  const cell = neuron && (cells.y <= cells.x ? neuron[0] * width + neuron[1] : neuron[1] * height + neuron[0]);
  const seed = neuron ? neuronSeed(cells, shape, height * width) : meanSeed(cells, shape, height * width);
  return {
    gradient: seeded(model, at, seed, neuron ? 'neuron' : 'channel'),
    wanted: channels.map((channel) => {
      const target = cell === undefined ? channel : channel * height * width + cell;
      return { layer, channel, target, ...(neuron ? { neuron } : {}) };
    }),
  };
}

async function classObjective(
  model: Differentiable,
  picture: Tensor,
  targets: readonly (number | string)[],
  { layer, channels, neuron }: ObjectiveOptions,
): Promise<Objective> {
  if (layer !== undefined || channels || neuron) {
    throw expected(
      'ERR_OPTION',
      'targets',
      'classes alone',
      'also a layer, channels or a neuron',
      'Give one of the two.',
    );
  }
  const { length } = await model.logits(picture);
  const seed: Seed = (b, value, target) => onChannel(b, value, target, 2, { channels: 0 });
  return {
    gradient: seeded(model, { layer: model.output, cells: { batch: 0, channels: 0 } }, seed, 'class'),
    wanted: resolveTargets(targets, model.labels, length).map((target) => {
      return { layer: 'logits', channel: target, label: labelOf(model.labels, target), target };
    }),
  };
}

interface Standing {
  readonly layer: string;
  readonly cells: Pick<Cells, 'batch' | 'channels'>;
}

function seeded(model: Differentiable, { layer, cells }: Standing, seed: Seed, of: string): SeededGradient {
  const name = `gradient of a ${of} of '${layer}'`;
  const rules = cells.batch === 0 ? wakingRules(model.graph, layer, cells.channels + 1) : RULES;
  return kept(model.graph, name, () => seededGradient(model, { layer, batch: cells.batch, seed, rules, name }));
}

/** L = the channel's mean over the cells, without class and register tokens. */
const meanSeed =
  (cells: Cells, shape: readonly number[], count: number): Seed =>
  (b, value, target) => {
    const { mul } = algebra(b);
    const channel = onChannel(b, value, target, shape.length + 1, cells);
    if (cells.role === 'features') return expandLike(b, mul(channel, 1 / count), value);
    const tokens = Array.from({ length: shape[cells.y]! }, (_, token) =>
      token >= cells.before && token < cells.before + count ? 1 / count : 0,
    );
    return mul(channel, withAxes(b, b.constant('float32', tokens, [1, tokens.length]), [cells.channels + 1]));
  };

/** L = the channel at one cell; `target` counts channels, and in each the cells in the order of their axes. */
const neuronSeed =
  (cells: Cells, shape: readonly number[], count: number): Seed =>
  (b, value, target) => {
    const { mul, add } = algebra(b);
    const cellCount = b.constant('int64', count);
    const channel = onChannel(b, value, b.op('Div', [target, cellCount]), shape.length + 1, cells);
    const cell = b.op('Mod', [target, cellCount]);
    const onCell = (at: string, depth: number) =>
      b.op('OneHot', [at, b.constant('int64', [depth]), b.constant('float32', [0, 1])], { axis: 1 });
    if (cells.role === 'tokens') {
      const token = add(cell, b.constant('int64', cells.before));
      return mul(channel, withAxes(b, onCell(token, shape[cells.y]!), [cells.channels + 1]));
    }
    const sides = shape.filter((_, axis) => axis !== cells.channels);
    const grid = b.op('Reshape', [onCell(cell, count), b.constant('int64', [0, ...sides])]);
    return mul(channel, withAxes(b, grid, [cells.channels + 1]));
  };
