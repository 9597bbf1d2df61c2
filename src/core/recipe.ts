/**
 * A recipe is a perturbation as plain data. A recipe mixes the picture x with a baseline x′ of the same shape:
 * m ⊙ x + (1 − m) ⊙ x′, or adds noise to it. Explainers make recipes; whoever runs the model applies them, into its own batch buffer.
 */
import { type GridMask, gridMask } from './grid-mask.ts';
import { impute } from './impute.ts';
import { random } from './random.ts';
import { addNoise, type SoftMasks, softMask } from './soft-mask.ts';
import type { Tensor } from './tensor.ts';

/** What recipes are applied to, in the model's input space, channels first. Lies in shared memory. */
export interface Scene {
  /** The preprocessed picture [C, H, W]. */
  readonly picture: Tensor;
  /** What stands where the picture is taken away [C, H, W]. */
  readonly baseline: Tensor;
  /** The segment of each pixel [H · W], numbered from 0, for recipes of kind `segments`. */
  readonly segments?: Int32Array;
  /** For recipes of kind `soft-mask`. */
  readonly masks?: SoftMasks;
  /** For recipes of kind `ranked` and `imputed`: the place of each pixel in the order of each map [maps, H · W], 0 for the first. */
  readonly ranks?: Int32Array;
  /** Further pictures [pictures, C, H, W] (of a graph's inner value: of its shape), for recipes of kind `picture`. */
  readonly pictures?: Tensor;
}

/** Gaussian noise that depends on nothing but its seed and index. */
export interface Noise {
  readonly seed: number;
  readonly index: number;
  readonly std: number;
}

export type Recipe =
  /** The picture as it is. */
  | { readonly kind: 'original' }
  /** The baseline inside a window of pixels. */
  | { readonly kind: 'window'; readonly y: number; readonly x: number; readonly height: number; readonly width: number }
  /** The baseline in every segment whose entry of `keep` is 0. */
  | { readonly kind: 'segments'; readonly keep: Uint8Array }
  /** The baseline at the pixels whose place in the order of map number `map` is `from` or later, and before `to`. */
  | { readonly kind: 'ranked'; readonly map: number; readonly from: number; readonly to: number }
  /** As `ranked`, but the pixels are filled in from those around them, under noise. */
  | {
      readonly kind: 'imputed';
      readonly map: number;
      readonly from: number;
      readonly to: number;
      readonly noise: Noise;
    }
  /** One of the scene's further pictures, as it is. */
  | { readonly kind: 'picture'; readonly at: number }
  /** A point on the straight line from the baseline (0) to the picture (1), which may be under noise. */
  | { readonly kind: 'path'; readonly alpha: number; readonly noise?: Noise | undefined }
  /** A random soft mask m, drawn where it is applied. */
  | ({ readonly kind: 'grid-mask' } & GridMask)
  /** m = scale · (mask number `mask` of the scene + noise). */
  | { readonly kind: 'soft-mask'; readonly mask: number; readonly scale: number; readonly noise?: Noise }
  /** The picture with noise on every value. */
  | ({ readonly kind: 'noise' } & Noise);

export type WindowRecipe = Extract<Recipe, { kind: 'window' }>;
type Window = Omit<WindowRecipe, 'kind'>;

/** Writes the perturbed picture [C, H, W] to `out`. */
export function applyRecipe(scene: Scene, recipe: Recipe, out: Float32Array): void {
  const { picture, baseline, segments } = scene;
  const [, height, width] = picture.shape as [number, number, number];
  switch (recipe.kind) {
    case 'original':
      out.set(picture.data);
      return;
    case 'picture':
      out.set(scene.pictures!.data.subarray(recipe.at * out.length, (recipe.at + 1) * out.length));
      return;
    case 'window':
      out.set(picture.data);
      copyWindow(baseline, recipe, out);
      return;
    case 'segments':
      out.set(picture.data);
      replaceSegments(out, baseline.data, segments!, recipe.keep);
      return;
    case 'ranked':
      out.set(picture.data);
      replaceRanked(out, baseline.data, ranksOf(scene, recipe.map), recipe);
      return;
    case 'imputed':
      out.set(picture.data);
      imputeRanked(out, scene, recipe);
      return;
    case 'grid-mask':
      mixByMask(out, baseline.data, picture.data, gridMask(recipe, height, width), 1);
      return;
    case 'path':
      mix(out, baseline.data, picture.data, recipe.alpha);
      if (recipe.noise) {
        addNoise(out, recipe.alpha * recipe.noise.std, random(recipe.noise.seed, recipe.noise.index));
      }
      return;
    case 'soft-mask':
      mixBySoftMask(scene, recipe, out);
      return;
    case 'noise':
      out.set(picture.data);
      addNoise(out, recipe.std, random(recipe.seed, recipe.index));
  }
}

/** Writes what `from` has in a window to `out`, both [C, H, W]. */
function copyWindow({ data, shape }: Tensor, { y, x, height, width }: Window, out: Float32Array): void {
  const [channels, rows, columns] = shape as [number, number, number];
  for (let channel = 0; channel < channels; channel++) {
    for (let row = y; row < y + height; row++) {
      const from = (channel * rows + row) * columns + x;
      out.set(data.subarray(from, from + width), from);
    }
  }
}

function mixBySoftMask(
  { picture, baseline, masks }: Scene,
  { mask: number, scale, noise }: Extract<Recipe, { kind: 'soft-mask' }>,
  out: Float32Array,
): void {
  const [, height, width] = picture.shape as [number, number, number];
  const mask = softMask(masks!, number, height, width);
  if (noise) addNoise(mask, noise.std, random(noise.seed, noise.index));
  mixByMask(out, baseline.data, picture.data, mask, scale);
}

function ranksOf({ ranks, picture }: Scene, map: number): Int32Array {
  const [, height, width] = picture.shape as [number, number, number];
  return ranks!.subarray(map * height * width, (map + 1) * height * width);
}

function imputeRanked(
  out: Float32Array,
  scene: Scene,
  { map, from, to, noise }: Extract<Recipe, { kind: 'imputed' }>,
): void {
  const [, height, width] = scene.picture.shape as [number, number, number];
  const missing = Uint8Array.from(ranksOf(scene, map), (place) => (place >= from && place < to ? 1 : 0));
  impute(out, { height, width, missing });
  const { normal } = random(noise.seed, noise.index);
  for (let at = 0; at < out.length; at++) if (missing[at % missing.length] === 1) out[at]! += noise.std * normal();
}

// The loops below run over every pixel of every row. They read plain variables only, which the compiler then keeps in registers.

function replaceSegments(out: Float32Array, other: Float32Array, segments: Int32Array, keep: Uint8Array): void {
  const [plane, length] = [segments.length, out.length];
  for (let pixel = 0; pixel < plane; pixel++) {
    if (keep[segments[pixel]!] !== 0) continue;
    for (let at = pixel; at < length; at += plane) out[at] = other[at]!;
  }
}

function replaceRanked(
  out: Float32Array,
  other: Float32Array,
  ranks: Int32Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const [plane, length] = [ranks.length, out.length];
  for (let pixel = 0; pixel < plane; pixel++) {
    const place = ranks[pixel]!;
    if (place < from || place >= to) continue;
    for (let at = pixel; at < length; at += plane) out[at] = other[at]!;
  }
}

function mix(out: Float32Array, from: Float32Array, to: Float32Array, alpha: number): void {
  const length = out.length;
  for (let at = 0; at < length; at++) {
    const start = from[at]!;
    out[at] = start + alpha * (to[at]! - start);
  }
}

function mixByMask(out: Float32Array, from: Float32Array, to: Float32Array, mask: Float32Array, scale: number): void {
  const [plane, length] = [mask.length, out.length];
  for (let first = 0; first < length; first += plane) {
    for (let pixel = 0; pixel < plane; pixel++) {
      const start = from[first + pixel]!;
      out[first + pixel] = start + scale * mask[pixel]! * (to[first + pixel]! - start);
    }
  }
}
