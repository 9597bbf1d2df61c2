/**
 * SLIC superpixels: k-means over colour and place, each centre searching only its surroundings. With S² pixels per segment
 * the distance is D² = ΔL² + Δa² + Δb² + (compactness / S)² · (Δx² + Δy²).
 * Centres start, and search, as scikit-image's do. After fast-slic's ideas: whole numbers only in the loops (in sixteenths),
 * half of the rows per iteration, small pieces joined at the end.
 */
import { checkInteger, checkNumber } from '../../core/check.ts';
import type { Photo } from '../../core/predictor.ts';
import { atOnce, type Pieces } from '../in-turns.ts';
import { connect } from './connect.ts';
import { grid } from './grid.ts';
import { type Lab, toLab, UNIT } from './lab.ts';
import { type Lattice, lattice } from './lattice.ts';
import { type Pixels, pixels } from './nearest-centre.ts';

export interface SlicOptions {
  /** About how many segments. Default: 60. */
  readonly segments?: number | undefined;
  /** How much place counts against colour: higher is squarer, at most 1000. Default: 10. */
  readonly compactness?: number | undefined;
  /** The blur before segmenting, in pixels. Default: 1. */
  readonly sigma?: number | undefined;
}

/** More would move the centres on: k-means has not come to rest when scikit-image stops, after as many rows. */
const ITERATIONS = 8;
const ROW_STEP = 2;
/** Centres that make a piece of the work. */
const PER_PIECE = 4;
/** How far a centre searches, in steps of the lattice. */
const REACH = 2;
/** The smallest segment, in parts of the mean. */
const SMALLEST = 1 / 3;
/** By how much of the number asked for a lattice may miss it; fewer points than ten or so often do. */
const MOST_OFF = 1 / 4;

/**
 * Superpixels of a picture: a label map [H · W] with the labels 0 … n − 1, n near `segments`, each connected.
 * @throws `ERR_OPTION` where an option is out of range
 * @see https://doi.org/10.1109/TPAMI.2012.120
 * @see https://github.com/Algy/fast-slic
 * @example
 * const labels = slic(image, { segments: 60 });
 */
export function slic(photo: Photo, options: SlicOptions = {}): Int32Array {
  return atOnce(slicInPieces(photo, options));
}

/** The same in pieces. */
export function* slicInPieces(photo: Photo, options: SlicOptions): Pieces<Int32Array> {
  const segments = checkInteger(options.segments ?? 60, 'segments', 1);
  const compactness = checkNumber(options.compactness ?? 10, 'compactness', 0, 1000);
  const lab = yield* toLab(photo, checkNumber(options.sigma ?? 1, 'sigma', 0));
  const { labels, points, step } = start(photo, segments);
  const places = placeDistances(REACH * UNIT * step, compactness / step);
  const centres = Array.from({ length: points }, () => new Int32Array(5));

  const found = pixels(lab, labels);
  moveCentres(centres, found.labels, lab, photo, 0, 1);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    yield* assign(centres, found, photo, places, iteration % ROW_STEP, ROW_STEP);
    moveCentres(centres, found.labels, lab, photo, iteration % ROW_STEP, ROW_STEP);
  }
  yield* assign(centres, found, photo, places, 0, 1);
  return yield* connect(found.labels, photo, Math.floor((SMALLEST * labels.length) / points));
}

/** A lattice; a grid of exactly the number asked for where a lattice would miss it by far. */
function start(photo: Photo, segments: number): Lattice {
  const square = lattice(photo, segments);
  if (Math.abs(square.points - segments) <= MOST_OFF * segments) return square;
  const labels = grid(photo, segments);
  const points = labels.at(-1)! + 1;
  const step = Math.ceil(Math.max(Math.sqrt(labels.length / points), Math.max(photo.width, photo.height) / points));
  return { labels, points, step };
}

/** The place's share of the distance at 0, 1, … `reach`: with a compactness of at most 1000, sums stay below 2³¹. */
const placeDistances = (reach: number, weight: number) =>
  Int32Array.from({ length: reach + 1 }, (_, away) => Math.round((weight * away) ** 2));

/** Gives each pixel of every `step`-th row to the nearest centre within reach. */
function* assign(
  centres: readonly Int32Array[],
  found: Pixels,
  { width, height }: Photo,
  places: Int32Array,
  firstRow: number,
  step: number,
): Pieces<void> {
  found.forget();
  for (const [label, centre] of centres.entries()) {
    if (label % PER_PIECE === 0) yield;
    const [cy, cx, ...colour] = centre as unknown as [number, number, number, number, number];
    const [top, bottom] = withinReach(cy, places, height);
    const [left, right] = withinReach(cx, places, width);
    const first = top + ((((firstRow - top) % step) + step) % step);
    const down = placesOf(cy, first, bottom, step, places);
    const across = placesOf(cx, left, right, 1, places);
    found.offer({ label, colour, first: first * width + left, between: step * width, down, across });
  }
}

/** The shares of the distance from a centre to every `step`-th pixel of a side. */
function placesOf(centre: number, first: number, end: number, step: number, places: Int32Array): Int32Array {
  const shares = new Int32Array(Math.max(0, Math.ceil((end - first) / step)));
  for (let at = 0; at < shares.length; at++) shares[at] = places[Math.abs(UNIT * (first + at * step) - centre)]!;
  return shares;
}

/** The pixels of a side, from the first to before the last, that a centre reaches. */
function withinReach(centre: number, places: Int32Array, side: number): readonly [first: number, end: number] {
  const reach = places.length - 1;
  return [Math.max(0, Math.ceil((centre - reach) / UNIT)), Math.min(side, Math.floor((centre + reach) / UNIT) + 1)];
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
