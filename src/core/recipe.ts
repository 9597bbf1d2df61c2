/**
 * A recipe is a perturbation as plain data. Every recipe mixes the picture x with a baseline x′ of the same shape:
 * m ⊙ x + (1 − m) ⊙ x′. Explainers make recipes; whoever runs the model applies them, into its own batch buffer.
 */
import { type GridMask, gridMask } from './grid-mask.ts';
import type { Tensor } from './tensor.ts';

/** What recipes are applied to, in the model's input space, channels first. Lies in shared memory. */
export interface Scene {
  /** The preprocessed picture [C, H, W]. */
  readonly picture: Tensor;
  /** What stands where the picture is taken away [C, H, W]. */
  readonly baseline: Tensor;
  /** The segment of each pixel [H · W], numbered from 0, for recipes of kind `segments`. */
  readonly segments?: Int32Array;
}

export type Recipe =
  /** The picture as it is. */
  | { readonly kind: 'original' }
  /** The baseline inside a window of pixels. */
  | { readonly kind: 'window'; readonly y: number; readonly x: number; readonly height: number; readonly width: number }
  /** The baseline in every segment whose entry of `keep` is 0. */
  | { readonly kind: 'segments'; readonly keep: Uint8Array }
  /** A random soft mask m, drawn where it is applied. */
  | ({ readonly kind: 'grid-mask' } & GridMask)
  /** A point on the straight line from the baseline (0) to the picture (1). */
  | { readonly kind: 'path'; readonly alpha: number };

/** Writes the perturbed picture [C, H, W] to `out`. */
export function applyRecipe({ picture, baseline, segments }: Scene, recipe: Recipe, out: Float32Array): void {
  const [channels, height, width] = picture.shape as [number, number, number];
  const plane = height * width;
  switch (recipe.kind) {
    case 'original':
      out.set(picture.data);
      return;
    case 'window':
      out.set(picture.data);
      for (let channel = 0; channel < channels; channel++) {
        for (let y = recipe.y; y < recipe.y + recipe.height; y++) {
          const from = channel * plane + y * width + recipe.x;
          out.set(baseline.data.subarray(from, from + recipe.width), from);
        }
      }
      return;
    case 'segments':
      out.set(picture.data);
      replaceSegments(out, baseline.data, segments!, recipe.keep);
      return;
    case 'grid-mask':
      mixMasked(out, baseline.data, picture.data, gridMask(recipe, height, width));
      return;
    case 'path':
      mix(out, baseline.data, picture.data, recipe.alpha);
  }
}

// The loops below run over every pixel of every row. They read plain variables only, which the compiler then keeps in registers.

function replaceSegments(out: Float32Array, other: Float32Array, segments: Int32Array, keep: Uint8Array): void {
  const [plane, length] = [segments.length, out.length];
  for (let pixel = 0; pixel < plane; pixel++) {
    if (keep[segments[pixel]!] !== 0) continue;
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

function mixMasked(out: Float32Array, from: Float32Array, to: Float32Array, mask: Float32Array): void {
  const [plane, length] = [mask.length, out.length];
  for (let first = 0; first < length; first += plane) {
    for (let pixel = 0, at = first; pixel < plane; pixel++, at++) {
      const start = from[at]!;
      out[at] = start + mask[pixel]! * (to[at]! - start);
    }
  }
}
