/** Activation maximisation: the picture that a channel, a neuron or a class answers to most, climbed up to from grey noise. */
import { checkInteger, checkNumber } from '../core/check.ts';
import type { Photo, RunOptions } from '../core/predictor.ts';
import { sizeOf } from '../core/tensor.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { type AscentSettings, ascend, type Climb } from './ascend.ts';
import { contrasted } from './contrasted.ts';
import { greyNoise } from './grey-noise.ts';
import { type ObjectiveOptions, objectiveOf } from './objective.ts';

export interface MaximizeOptions extends ObjectiveOptions, RunOptions {
  /** Steps of gradient ascent, 1–10000. Default: 40. */
  readonly steps?: number | undefined;
  /** How far a step goes, as the root mean square of the change in pixel values (0–255). Default: 1. */
  readonly stepSize?: number | undefined;
  /** Of the noise and of the jitter. Default: 0. */
  readonly seed?: number | undefined;
  /** Before each step the picture is shifted round at random by up to so many pixels (DeepDream). Default: 0, none. */
  readonly jitter?: number | undefined;
  /** A Gaussian of this σ in pixels after each step (Yosinski et al.). Default: 0, none. */
  readonly blur?: number | undefined;
  /** The share, 0–1, of its distance from grey that each pixel loses in a step (L2 decay, Simonyan et al.). Default: 0, none. */
  readonly decay?: number | undefined;
}

/** The picture made for one channel, neuron or class. */
export interface Maximized {
  /** The layer, or `logits` where it was made for a class. */
  readonly layer: string;
  /** The channel, or the class's index. */
  readonly channel: number;
  /** Of a class. */
  readonly label?: string;
  readonly neuron?: readonly [y: number, x: number];
  /** What the channel (its mean), neuron or logit says to the noise, and to the picture. */
  readonly activation: { readonly start: number; readonly end: number };
  /** Pixels [C, H, W] on the scale 0–255, which they may leave. */
  readonly data: Float32Array;
  readonly shape: readonly number[];
  /** The same to look at: mean to the middle, contrast evened out. */
  readonly picture: Photo;
}

/** So many pictures are on their way at once. */
const GROUP = 32;

/**
 * Makes a picture for each channel of a layer (or one neuron of each, or for classes) by gradient ascent from grey noise: `steps` + 1
 * forward and backward passes each, in batches. By default as the classic tutorials do it: 40 steps of a gradient divided by its root
 * mean square, with no regulariser. A channel that its rectifier holds silent on the noise is climbed by what the rectifier cuts off
until it wakes; one with no gradient besides stays noise.
 * @throws `ERR_LAYER`, `ERR_TARGET`, `ERR_OPTION` for what the model does not have or an option out of range; `ERR_OPERATOR` for
 * operators that have no gradient rule
 * @see https://arxiv.org/abs/1312.6034
 * @see https://arxiv.org/abs/1506.06579
 * @example
 * const [first, second] = await maximize(model, { layer: 'stages.2', channels: [0, 1], steps: 5 });
 * await writeFile('channel.png', await png(first.picture));
 */
export async function maximize(model: Differentiable, options: MaximizeOptions = {}): Promise<Maximized[]> {
  const settings = ascentSettings(options);
  const shape = inputShape(model);
  const prepared = await model.prepare({ tensor: { data: new Float32Array(sizeOf(shape)), shape } });
  const { gradient, wanted } = await objectiveOf(model, prepared.picture, options);
  const maximized: Maximized[] = [];
  for (let at = 0; at < wanted.length; at += GROUP) {
    const group = wanted.slice(at, at + GROUP);
    const climbs = group.map((each): Climb => {
      return { ...each, pixels: greyNoise(prepared.picture.shape, settings.seed, each.channel) };
    });
    const activations = await ascend(model, gradient, climbs, prepared, settings, {
      signal: options.signal,
      onProgress: grouped(options.onProgress, at, wanted.length, settings.steps + 1),
    });
    for (const [index, { pixels: data, target: _, ...each }] of climbs.entries()) {
      const { shape } = prepared.picture;
      maximized.push({ ...each, activation: activations[index]!, data, shape, picture: contrasted({ data, shape }) });
    }
  }
  return maximized;
}

/** The options with their defaults. @throws `ERR_OPTION` for one out of range */
export function ascentSettings(options: MaximizeOptions): AscentSettings {
  return {
    steps: checkInteger(options.steps ?? 40, 'steps', 1, 10_000),
    stepSize: checkNumber(options.stepSize ?? 1, 'stepSize', 0),
    seed: checkInteger(options.seed ?? 0, 'seed'),
    jitter: checkInteger(options.jitter ?? 0, 'jitter', 0, 1000),
    blur: checkNumber(options.blur ?? 0, 'blur', 0, 100),
    decay: checkNumber(options.decay ?? 0, 'decay', 0, 1),
  };
}

/** Without the batch, as the graph has it. */
const inputShape = ({ graph, input }: Differentiable) =>
  graph.inputs.find(({ name }) => name === input)!.shape!.slice(1) as readonly number[];

function grouped(report: RunOptions['onProgress'], before: number, count: number, passes: number) {
  return report && (({ done }: { done: number }) => report({ done: before * passes + done, total: count * passes }));
}
