/** Gradient ascent on pixels p, 0–255: p ← r(p + η g / √mean(g²)), g = ∂L/∂p, with a regulariser r. */
import { expected } from '../core/errors.ts';
import { gaussianBlur } from '../core/gaussian-blur.ts';
import type { Normalisation, RunOptions } from '../core/predictor.ts';
import { random } from '../core/random.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import { sharedTensor, sizeOf, type Tensor } from '../core/tensor.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { planar } from '../gradient/gradient-sums.ts';
import { GREY } from './grey-noise.ts';
import type { Objective, Wanted } from './objective.ts';

export interface AscentSettings {
  readonly steps: number;
  /** η, in pixel values. */
  readonly stepSize: number;
  readonly seed: number;
  /** Pixels by which the picture is shifted round at random before each step, at most. */
  readonly jitter: number;
  /** σ in pixels of a Gaussian after each step. */
  readonly blur: number;
  /** The share of its distance from grey that a pixel loses in each step. */
  readonly decay: number;
}

/** A picture on its way up. */
export interface Climb extends Wanted {
  /** [C, H, W] */
  readonly pixels: Float32Array;
}

/** Where the pictures stand, in the model's input space. */
interface Slope {
  /** dL/d(input) of each picture, channels first. */
  readonly gradients: readonly Float64Array[];
  readonly levels: readonly number[];
}

/** Changes the pixels of all climbs in place and returns L before the first step and after the last. */
export async function ascend(
  model: Differentiable,
  gradient: Objective['gradient'],
  climbs: readonly Climb[],
  { picture, normalisation }: { readonly picture: Tensor; readonly normalisation: Normalisation },
  settings: AscentSettings,
  run: RunOptions,
): Promise<{ start: number; end: number }[]> {
  const pictures = sharedTensor([climbs.length, ...picture.shape]);
  const scene = { picture, baseline: picture, pictures };
  const draws = climbs.map(({ channel }) => random(settings.seed + 1, channel));
  const place = (still = false) =>
    climbs.map(({ pixels }, at) => {
      const span = still ? 1 : 2 * settings.jitter + 1;
      const from = shift(picture.shape, draws[at]!.integer(span), draws[at]!.integer(span));
      writeFrame(pictures, at, pixels, from, normalisation);
      return from;
    });
  const slope = (done: number) =>
    slopeAt(model, gradient, scene, climbs, { ...run, ...counted(run, done, climbs.length, settings.steps) });
  let start: readonly number[] = [];
  for (let step = 0; step < settings.steps; step++) {
    const shifts = place();
    const { gradients, levels } = await slope(step);
    if (step === 0) start = levels;
    climbs.forEach(({ pixels }, at) => {
      climb(pixels, gradients[at]!, shifts[at]!, normalisation.std, settings.stepSize);
      regularise(pixels, picture.shape, settings);
    });
  }
  place(true);
  const { levels } = await slope(settings.steps);
  return climbs.map((_, at) => ({ start: start[at]!, end: levels[at]! }));
}

const counted = ({ onProgress }: RunOptions, step: number, count: number, steps: number): RunOptions => ({
  onProgress: onProgress && (({ done }) => onProgress({ done: step * count + done, total: (steps + 1) * count })),
});

async function slopeAt(
  model: Differentiable,
  { source, outputs }: Objective['gradient'],
  scene: Scene,
  climbs: readonly Climb[],
  run: RunOptions,
): Promise<Slope> {
  const rows = climbs.map(({ target }, at) => {
    const recipe: Recipe = { kind: 'picture', at };
    return { recipe, target, weight: 1, group: at };
  });
  const { values } = await model.sums(source, scene, rows, { outputs, ...run });
  const [channels] = scene.picture.shape as [number];
  const gradients = values.map(([gradient]) => (model.layout === 'nhwc' ? planar(gradient!, channels) : gradient!));
  const wrong = gradients.findIndex((gradient) => !gradient.every(Number.isFinite));
  if (wrong >= 0) {
    const { layer, channel } = climbs[wrong]!;
    throw expected(
      'ERR_NOT_FINITE',
      `gradient of channel ${channel} of '${layer}'`,
      'finite numbers',
      'NaN or infinity',
    );
  }
  return { gradients, levels: values.map(([, level]) => level![0]!) };
}

/** For each pixel of a plane that is shifted round by (y, x), the pixel that it comes from. */
function shift([, height, width]: readonly number[], y: number, x: number): Int32Array {
  const [high, wide] = [height!, width!];
  return Int32Array.from({ length: high * wide }, (_, at) => {
    return ((Math.floor(at / wide) + y) % high) * wide + (((at % wide) + x) % wide);
  });
}

function writeFrame(
  { data, shape }: Tensor,
  at: number,
  pixels: Float32Array,
  from: Int32Array,
  { mean, std }: Normalisation,
): void {
  const frame = data.subarray(at * sizeOf(shape.slice(1)), (at + 1) * sizeOf(shape.slice(1)));
  for (let channel = 0, to = 0; to < frame.length; channel++) {
    for (const pixel of from) {
      frame[to++] = (pixels[channel * from.length + pixel]! - mean[channel]!) / std[channel]!;
    }
  }
}

/** A gradient that is zero everywhere leaves the pixels as they are. */
function climb(
  pixels: Float32Array,
  gradient: Float64Array,
  from: Int32Array,
  std: readonly number[],
  stepSize: number,
): void {
  const planes = std.map((deviation, channel) => ({ deviation, offset: channel * from.length }));
  let squares = 0;
  for (const { deviation, offset } of planes) {
    for (let at = 0; at < from.length; at++) squares += (gradient[offset + at]! / deviation) ** 2;
  }
  if (squares === 0) return;
  const size = Math.sqrt(squares / gradient.length);
  for (const { deviation, offset } of planes) {
    for (let at = 0; at < from.length; at++) {
      pixels[offset + from[at]!]! += (stepSize * gradient[offset + at]!) / (size * deviation);
    }
  }
}

function regularise(pixels: Float32Array, shape: readonly number[], { decay, blur }: AscentSettings): void {
  if (decay > 0) for (const [at, value] of pixels.entries()) pixels[at] = GREY + (1 - decay) * (value - GREY);
  if (blur === 0) return;
  const [, height, width] = shape as [number, number, number];
  for (let at = 0; at < pixels.length; at += height * width) {
    const plane = pixels.subarray(at, at + height * width);
    plane.set(gaussianBlur(plane, height, width, blur, Math.ceil(3 * blur)));
  }
}
