/** RISE's maps, Σᵢ f(Mᵢ ⊙ x) Mᵢ over a divisor, and how far they would move with other masks. */
import type { DrawnGrid } from '../core/grid-mask.ts';
import type { Pieces } from './in-turns.ts';
import { type Lines, type MaskSize, maskSum } from './mask-sums.ts';
import { deviations, groupStarts } from './spread.ts';

export interface MaskMeanOptions {
  readonly size: MaskSize;
  /** What sums are divided by; the sum of the masks at each pixel where undefined. */
  readonly divisor: number | undefined;
  /** The pixels that are looked at. Default: all. */
  readonly lines?: Lines;
}

/** Σ Mᵢ [pixels] */
const coverageOf = (grids: readonly DrawnGrid[], size: MaskSize, lines?: Lines): Pieces<Float64Array> =>
  maskSum(grids, new Float64Array(grids.length).fill(1), size, lines);

/** The map of each target [pixels]. @param scores [targets][masks] */
export function* maskMeans(
  grids: readonly DrawnGrid[],
  scores: readonly Float64Array[],
  { size, divisor, lines }: MaskMeanOptions,
): Pieces<Float64Array[]> {
  const coverage = divisor === undefined ? yield* coverageOf(grids, size, lines) : undefined;
  const maps: Float64Array[] = [];
  for (const ofTarget of scores) {
    yield;
    const sum = yield* maskSum(grids, ofTarget, size, lines);
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
  { size, divisor, lines }: MaskMeanOptions,
): Pieces<Float64Array[][]> {
  const starts = groupStarts(grids.length);
  const parts = scores.map((): Float64Array[] => []);
  const coverage = divisor === undefined ? yield* coverageOf(grids, size, lines) : undefined;
  for (const [group, end] of starts.slice(1).entries()) {
    const first = starts[group]!;
    const members = grids.slice(first, end);
    const open = coverage && (yield* coverageOf(members, size, lines));
    for (const [target, ofTarget] of scores.entries()) {
      yield;
      const sum = yield* maskSum(members, ofTarget.subarray(first, end), size, lines);
      const moved = (value: number, pixel: number) =>
        open ? (value - maps[target]![pixel]! * open[pixel]!) / (coverage[pixel]! || 1) : value / divisor!;
      parts[target]!.push(sum.map(moved));
    }
  }
  return parts.map((ofTarget) => deviations(ofTarget, grids.length));
}
