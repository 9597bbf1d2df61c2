/**
 * SLIC superpixels: k-means over colour and place, each centre searching only its surroundings. With S² pixels per segment
 * the distance is D² = ΔL² + Δa² + Δb² + (compactness / S)² · (Δx² + Δy²).
 * After fast-slic's ideas: whole numbers only in the loops (in sixteenths), a third of the rows per iteration, small pieces joined at the end.
 */
import { checkInteger, checkNumber } from '../../core/check.ts';
import type { Photo } from '../../core/predictor.ts';
import { connect } from './connect.ts';
import { grid } from './grid.ts';
import { type Lab, toLab, UNIT } from './lab.ts';

export interface SlicOptions {
  /** About how many segments. Default: 60. */
  readonly segments?: number | undefined;
  /** How much place counts against colour: higher is squarer, at most 1000. Default: 10. */
  readonly compactness?: number | undefined;
  /** The blur before segmenting, in pixels. Default: 1. */
  readonly sigma?: number | undefined;
}

const ITERATIONS = 9;
const ROW_STEP = 3;
/** The smallest segment, in parts of the mean. */
const SMALLEST = 1 / 4;

/**
 * Superpixels of a picture: a label map [H · W] with the labels 0 … n − 1, n near `segments`, each connected.
 * @throws `ERR_OPTION` where an option is out of range
 * @see https://doi.org/10.1109/TPAMI.2012.120
 * @see https://github.com/Algy/fast-slic
 * @example
 * const labels = slic(image, { segments: 60 });
 */
export function slic(photo: Photo, options: SlicOptions = {}): Int32Array {
  const segments = checkInteger(options.segments ?? 60, 'segments', 1);
  const compactness = checkNumber(options.compactness ?? 10, 'compactness', 0, 1000);
  const lab = toLab(photo, checkNumber(options.sigma ?? 1, 'sigma', 0));
  const labels = grid(photo, segments);
  const count = labels.at(-1)! + 1;
  const spacing = Math.ceil(Math.max(Math.sqrt(labels.length / count), Math.max(photo.width, photo.height) / count));
  const places = placeDistances(UNIT * spacing, compactness / spacing);
  const centres = Array.from({ length: count }, () => new Int32Array(5));

  moveCentres(centres, labels, lab, photo, 0, 1);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    assign(centres, labels, lab, photo, places, iteration % ROW_STEP, ROW_STEP);
    moveCentres(centres, labels, lab, photo, iteration % ROW_STEP, ROW_STEP);
  }
  assign(centres, labels, lab, photo, places, 0, 1);
  return connect(labels, photo, Math.floor((SMALLEST * labels.length) / count));
}

/** The place's share of the distance at 0, 1, … `reach`: with a compactness of at most 1000, sums stay below 2³¹. */
const placeDistances = (reach: number, weight: number) =>
  Int32Array.from({ length: reach + 1 }, (_, away) => Math.round((weight * away) ** 2));

/** Gives each pixel of every `step`-th row to the nearest centre within reach. */
function assign(
  centres: readonly Int32Array[],
  labels: Int32Array,
  { l, a, b }: Lab,
  { width, height }: Photo,
  places: Int32Array,
  firstRow: number,
  step: number,
): void {
  const reach = places.length - 1;
  const nearest = new Int32Array(labels.length).fill(2 ** 31 - 1);
  centres.forEach((centre, label) => {
    const [cy, cx, cl, ca, cb] = centre as unknown as [number, number, number, number, number];
    const top = Math.max(0, Math.ceil((cy - reach) / UNIT));
    const left = Math.max(0, Math.ceil((cx - reach) / UNIT));
    const right = Math.min(width - 1, Math.floor((cx + reach) / UNIT));
    const bottom = Math.min(height - 1, Math.floor((cy + reach) / UNIT));
    for (let y = top + ((((firstRow - top) % step) + step) % step); y <= bottom; y += step) {
      const row = places[Math.abs(UNIT * y - cy)]!;
      for (let x = left, at = y * width + left; x <= right; x++, at++) {
        const dl = l[at]! - cl;
        const da = a[at]! - ca;
        const db = b[at]! - cb;
        const distance = dl * dl + da * da + db * db + row + places[Math.abs(UNIT * x - cx)]!;
        if (distance < nearest[at]!) {
          nearest[at] = distance;
          labels[at] = label;
        }
      }
    }
  });
}

/** Moves each centre (y, x, L, a, b) to the mean of its pixels in every `step`-th row, if it has any there. */
function moveCentres(
  centres: readonly Int32Array[],
  labels: Int32Array,
  { l, a, b }: Lab,
  { width, height }: Photo,
  firstRow: number,
  step: number,
): void {
  const counts = new Int32Array(centres.length);
  const sums = centres.map(() => new Float64Array(5));
  for (let y = firstRow; y < height; y += step) {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const sum = sums[labels[at]!]!;
      counts[labels[at]!]! += 1;
      sum[0]! += UNIT * y;
      sum[1]! += UNIT * x;
      sum[2]! += l[at]!;
      sum[3]! += a[at]!;
      sum[4]! += b[at]!;
    }
  }
  centres.forEach((centre, label) => {
    const count = counts[label]!;
    if (count > 0) centre.set(sums[label]!.map((sum) => Math.round(sum / count)));
  });
}
