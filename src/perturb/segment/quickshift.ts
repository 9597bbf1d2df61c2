/**
 * Quickshift superpixels: in the space of colour (CIELAB, times `ratio`) and place, every pixel is tied to the nearest one in
 * a denser spot, and pixels that lead to the same densest spot are one segment. The density of pixel i is
 * Σⱼ exp(−dᵢⱼ² / 2h²) over a square of ±⌈3h⌉ pixels, h being `kernelSize`. The defaults are those of lime.
 */
import { checkNumber } from '../../core/check.ts';
import type { Photo } from '../../core/predictor.ts';
import { random } from '../../core/random.ts';
import { atOnce, type Pieces } from '../in-turns.ts';
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
  return atOnce(quickshiftInPieces(photo, options));
}

/** The same in pieces. */
export function* quickshiftInPieces(photo: Photo, options: QuickshiftOptions): Pieces<Int32Array> {
  const kernelSize = checkNumber(options.kernelSize ?? 4, 'kernel-size', 1, LARGEST_KERNEL);
  const maxDist = checkNumber(options.maxDist ?? 200, 'max-dist', 0);
  const ratio = checkNumber(options.ratio ?? 0.2, 'ratio', 0, 1);
  const scaled = labOf(photo).map((plane) => plane.map((value) => ratio * value)) as unknown as ColourPlanes;
  yield;
  const steps = stepsWithin(Math.ceil(3 * kernelSize));
  const densities = yield* densitiesOf(scaled, photo, steps, kernelSize);
  const parents = yield* parentsOf(scaled, densities, photo, steps, maxDist);
  return relabel(yield* rootsOf(parents)).labels;
}

/** exp(−t) at t = 0, 1/256, …; beyond the last it is less than rounding of any density. */
const PER_UNIT = 256;
const LARGEST_POWER = 40;
const EXPONENTIALS = Float64Array.from({ length: LARGEST_POWER * PER_UNIT + 1 }, (_, at) => Math.exp(-at / PER_UNIT));

interface Step {
  readonly down: number;
  readonly right: number;
  /** Squared. */
  readonly away: number;
}

/** All steps of at most `reach` along both sides, row by row. */
function stepsWithin(reach: number): Step[] {
  const side = 2 * reach + 1;
  return Array.from({ length: side * side }, (_, at) => {
    const [down, right] = [Math.floor(at / side) - reach, (at % side) - reach];
    return { down, right, away: down * down + right * right };
  });
}

/** Each pair is met once, from above or from the left. */
function* densitiesOf(
  colours: ColourPlanes,
  picture: Rectangle,
  steps: readonly Step[],
  kernelSize: number,
): Pieces<Float64Array> {
  const densities = new Float64Array(colours[0].length);
  for (let pixel = 0; pixel < densities.length; pixel++) {
    if (pixel % picture.width === 0) yield;
    densities[pixel] = 1 + TIE_BREAK * random(0, pixel).normal();
  }
  for (const step of steps.slice((steps.length + 1) / 2)) {
    yield;
    addShares(colours, picture, step, 0.5 / kernelSize ** 2, densities);
  }
  return densities;
}

/** Adds exp(−scale · d²), from the table and two terms of the series from there on, which leaves an error of 10⁻⁹, to the densities of each pixel and the one a step away. */
function addShares(
  [l, a, b]: ColourPlanes,
  { height, width }: Rectangle,
  { down, right, away }: Step,
  scale: number,
  densities: Float64Array,
): void {
  const [left, end] = [Math.max(0, -right), Math.min(width, width - right)];
  for (let y = 0; y < height - down; y++) {
    for (
      let pixel = y * width + left, other = pixel + down * width + right;
      pixel < y * width + end;
      pixel++, other++
    ) {
      const dl = l[pixel]! - l[other]!;
      const da = a[pixel]! - a[other]!;
      const db = b[pixel]! - b[other]!;
      const power = scale * (dl * dl + da * da + db * db + away);
      if (power >= LARGEST_POWER) continue;
      const at = (power * PER_UNIT + 0.5) | 0;
      const rest = at / PER_UNIT - power;
      const share = EXPONENTIALS[at]! * (1 + rest * (1 + rest / 2));
      densities[pixel]! += share;
      densities[other]! += share;
    }
  }
}

/** The nearest denser pixel, of equally near ones the first; a pixel that has none within reach is its own. */
function* parentsOf(
  colours: ColourPlanes,
  densities: Float64Array,
  picture: Rectangle,
  steps: readonly Step[],
  maxDist: number,
): Pieces<Int32Array> {
  const parents = Int32Array.from(densities.keys());
  const outwards = steps.toSorted((one, other) => one.away - other.away);
  const search = { outwards, most: maxDist * maxDist };
  for (let y = 0; y < picture.height; y++) {
    yield;
    for (let x = 0; x < picture.width; x++)
      parents[y * picture.width + x] = parentOf(colours, densities, picture, y, x, search);
  }
  return parents;
}

/** Looks outwards, and no farther than the place alone makes a pixel the more distant. */
function parentOf(
  [l, a, b]: ColourPlanes,
  densities: Float64Array,
  { height, width }: Rectangle,
  y: number,
  x: number,
  { outwards, most }: { readonly outwards: readonly Step[]; readonly most: number },
): number {
  const pixel = y * width + x;
  const density = densities[pixel]!;
  let parent = pixel;
  let nearest = most;
  for (const { down, right, away } of outwards) {
    if (away > nearest) break;
    if (y + down < 0 || y + down >= height || x + right < 0 || x + right >= width) continue;
    const other = pixel + down * width + right;
    if (densities[other]! <= density) continue;
    const dl = l[pixel]! - l[other]!;
    const da = a[pixel]! - a[other]!;
    const db = b[pixel]! - b[other]!;
    const squared = dl * dl + da * da + db * db + away;
    if (squared < nearest || (squared === nearest && (parent === pixel || other < parent))) {
      nearest = squared;
      parent = other;
    }
  }
  return parent;
}

/** Where each pixel leads to in the end. */
function* rootsOf(parents: Int32Array): Pieces<Int32Array> {
  let roots = parents;
  for (let next = roots.map((root) => roots[root]!); next.some((root, at) => root !== roots[at]); ) {
    yield;
    roots = next;
    next = roots.map((root) => roots[root]!);
  }
  return roots;
}
