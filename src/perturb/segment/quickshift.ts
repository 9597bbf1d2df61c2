/**
 * Quickshift superpixels: in the space of colour (CIELAB, times `ratio`) and place, every pixel is tied to the nearest one in
 * a denser spot, and pixels that lead to the same densest spot are one segment. The density of pixel i is
 * Σⱼ exp(−dᵢⱼ² / 2h²) over a square of ±⌈3h⌉ pixels, h being `kernelSize`. The defaults are those of lime.
 */
import { checkNumber } from '../../core/check.ts';
import type { Photo } from '../../core/predictor.ts';
import { random } from '../../core/random.ts';
import type { Rectangle } from '../window.ts';
import { type ColourPlanes, labOf } from './lab.ts';
import { relabel } from './relabel.ts';

export interface QuickshiftOptions {
  /** The width h of the density's kernel, in pixels: wider ones make larger segments. Default: 4. */
  readonly kernelSize?: number | undefined;
  /** Pixels farther apart than this are never tied. Default: 200. */
  readonly maxDist?: number | undefined;
  /** How much colour counts against place, 0 to 1. Default: 0.2. */
  readonly ratio?: number | undefined;
}

/** Breaks ties between densities, which are 1 or more. */
const TIE_BREAK = 1e-5;
const LARGEST_KERNEL = 20;

/**
 * Superpixels of a picture: a label map [H · W] with the labels 0 … n − 1. How many there are depends on the picture.
 * @throws `ERR_OPTION` where an option is out of range
 * @see https://doi.org/10.1007/978-3-540-88693-8_52
 * @example
 * const labels = quickshift(image, { kernelSize: 4, maxDist: 200, ratio: 0.2 });
 */
export function quickshift(photo: Photo, options: QuickshiftOptions = {}): Int32Array {
  const kernelSize = checkNumber(options.kernelSize ?? 4, 'kernel-size', 1, LARGEST_KERNEL);
  const maxDist = checkNumber(options.maxDist ?? 200, 'max-dist', 0);
  const ratio = checkNumber(options.ratio ?? 0.2, 'ratio', 0, 1);
  const scaled = labOf(photo).map((plane) => plane.map((value) => ratio * value)) as unknown as ColourPlanes;
  const steps = stepsWithin(Math.ceil(3 * kernelSize));
  const densities = densitiesOf(scaled, photo, steps, kernelSize);
  return relabel(rootsOf(parentsOf(scaled, densities, photo, steps, maxDist))).labels;
}

interface Step {
  readonly down: number;
  readonly right: number;
}

/** All steps of at most `reach` along both sides, row by row. */
function stepsWithin(reach: number): Step[] {
  const side = 2 * reach + 1;
  return Array.from({ length: side * side }, (_, at) => ({
    down: Math.floor(at / side) - reach,
    right: (at % side) - reach,
  }));
}

/** Calls `meet` with each pixel, the one that lies a step away, and their squared distance, where both are in the picture. */
function forEachPair(
  [l, a, b]: ColourPlanes,
  { height, width }: Rectangle,
  { down, right }: Step,
  meet: (pixel: number, other: number, squared: number) => void,
): void {
  const away = down * down + right * right;
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    for (let x = Math.max(0, -right); x < Math.min(width, width - right); x++) {
      const pixel = y * width + x;
      const other = pixel + down * width + right;
      const dl = l[pixel]! - l[other]!;
      const da = a[pixel]! - a[other]!;
      const db = b[pixel]! - b[other]!;
      meet(pixel, other, dl * dl + da * da + db * db + away);
    }
  }
}

/** Each pair is met once, from above or from the left. */
function densitiesOf(
  colours: ColourPlanes,
  picture: Rectangle,
  steps: readonly Step[],
  kernelSize: number,
): Float64Array {
  const scale = -0.5 / kernelSize ** 2;
  const densities = Float64Array.from(colours[0], (_, pixel) => 1 + TIE_BREAK * random(0, pixel).normal());
  for (const step of steps.slice((steps.length + 1) / 2)) {
    forEachPair(colours, picture, step, (pixel, other, squared) => {
      const share = Math.exp(scale * squared);
      densities[pixel]! += share;
      densities[other]! += share;
    });
  }
  return densities;
}

/** The nearest denser pixel, of equally near ones the first; a pixel that has none within reach is its own. */
function parentsOf(
  colours: ColourPlanes,
  densities: Float64Array,
  picture: Rectangle,
  steps: readonly Step[],
  maxDist: number,
): Int32Array {
  const parents = Int32Array.from(densities.keys());
  const nearest = new Float64Array(densities.length).fill(Infinity);
  for (const step of steps) {
    forEachPair(colours, picture, step, (pixel, other, squared) => {
      if (densities[other]! <= densities[pixel]! || squared >= nearest[pixel]! || squared > maxDist * maxDist) return;
      nearest[pixel] = squared;
      parents[pixel] = other;
    });
  }
  return parents;
}

/** Where each pixel leads to in the end. */
function rootsOf(parents: Int32Array): Int32Array {
  let roots = parents;
  for (let next = roots.map((root) => roots[root]!); next.some((root, at) => root !== roots[at]); ) {
    roots = next;
    next = roots.map((root) => roots[root]!);
  }
  return roots;
}
