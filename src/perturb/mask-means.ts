/** RISE's maps, Σᵢ f(Mᵢ ⊙ x) Mᵢ over a divisor, and how far they would move with other masks. */
import type { DrawnGrid } from '../core/grid-mask.ts';
import type { Pieces } from './in-turns.ts';
import { type MaskPlaces, maskSum } from './mask-sums.ts';
import { deviations, groupStarts } from './spread.ts';

export interface MaskMeanOptions {
  /** Of the pixels that are looked at. */
  readonly places: MaskPlaces;
  /** What sums are divided by; the sum of the masks at each pixel where undefined. */
  readonly divisor: number | undefined;
}

/** Σ Mᵢ [pixels] */
const coverageOf = (grids: readonly DrawnGrid[], places: MaskPlaces): Pieces<Float64Array> =>
  maskSum(grids, new Float64Array(grids.length).fill(1), places);

/** The map of each target [pixels]. @param scores [targets][masks] */
export function* maskMeans(
  grids: readonly DrawnGrid[],
  scores: readonly Float64Array[],
  { places, divisor }: MaskMeanOptions,
): Pieces<Float64Array[]> {
  const coverage = divisor === undefined ? yield* coverageOf(grids, places) : undefined;
  const maps: Float64Array[] = [];
  for (const ofTarget of scores) {
    yield;
    const sum = yield* maskSum(grids, ofTarget, places);
    // A pixel that no mask opens has a sum of 0.
    maps.push(sum.map((value, pixel) => value / (divisor ?? (coverage![pixel]! || 1))));
  }
  return maps;
}

/** For each target rows [pixels] whose squares add up to the variances of its map. */
export function* maskSpreads(
  grids: readonly DrawnGrid[],
  scores: readonly Float64Array[],
  maps: readonly Float64Array[],
  { places, divisor }: MaskMeanOptions,
): Pieces<Float64Array[][]> {
  const starts = groupStarts(grids.length);
  const parts = scores.map((): Float64Array[] => []);
  const coverage = divisor === undefined ? yield* coverageOf(grids, places) : undefined;
  for (const [group, end] of starts.slice(1).entries()) {
    const first = starts[group]!;
    const members = grids.slice(first, end);
    const open = coverage && (yield* coverageOf(members, places));
    for (const [target, ofTarget] of scores.entries()) {
      yield;
      const sum = yield* maskSum(members, ofTarget.subarray(first, end), places);
      const moved = (value: number, pixel: number) =>
        open ? (value - maps[target]![pixel]! * open[pixel]!) / (coverage[pixel]! || 1) : value / divisor!;
      parts[target]!.push(sum.map(moved));
    }
  }
  return parts.map((ofTarget) => deviations(ofTarget, grids.length));
}
