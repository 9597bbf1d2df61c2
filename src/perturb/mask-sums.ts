/**
 * Σᵢ wᵢ Mᵢ of RISE's masks without drawing a single one at full size: enlarging is linear, so the grids of one place are
 * summed first, and each place is enlarged once, along x for all tops and then along y.
 */
import type { Between } from '../core/between.ts';
import { betweenCells, cellSize, type DrawnGrid } from '../core/grid-mask.ts';

import type { Pieces } from './in-turns.ts';

export interface MaskSize {
  readonly cells: number;
  readonly height: number;
  readonly width: number;
}

/** Where pixels lie among a mask's cells, for each place at which a mask may begin. */
export interface MaskPlaces {
  readonly cells: number;
  /** By the top. */
  readonly down: readonly Between[];
  /** By the left side. */
  readonly across: readonly Between[];
}

/** Of all pixels, or those in some rows and columns. */
export function maskPlaces(
  { cells, height, width }: MaskSize,
  lines: { readonly rows?: readonly number[]; readonly columns?: readonly number[] } = {},
): MaskPlaces {
  const along = (side: number, pixels: readonly number[] | undefined) =>
    Array.from({ length: cellSize(side, cells) }, (_, start) => betweenCells(side, cells, start, pixels));
  return { cells, down: along(height, lines.rows), across: along(width, lines.columns) };
}

/** Σᵢ weights[i] · grids[i], enlarged [pixels]. */
export function* maskSum(
  grids: readonly DrawnGrid[],
  weights: ArrayLike<number>,
  { cells, down, across: columns }: MaskPlaces,
): Pieces<Float64Array> {
  const [tops, lefts] = [down.length, columns.length];
  const byPlace = gridSums(grids, weights, cells, lefts, tops);
  const across = columns[0]!.lower.length;
  const sum = new Float64Array(down[0]!.lower.length * across);
  for (let top = 0; top < tops; top++) {
    yield;
    const wide = new Float64Array(cells * across);
    columns.forEach((column, left) => {
      const first = (top * lefts + left) * cells * cells;
      addAcross(wide, byPlace.subarray(first, first + cells * cells), column, cells);
    });
    addDown(sum, wide, down[top]!, across);
  }
  return sum;
}

/** The sums of the grids of each place [tops · lefts · cells · cells]. */
function gridSums(
  grids: readonly DrawnGrid[],
  weights: ArrayLike<number>,
  cells: number,
  lefts: number,
  tops: number,
): Float64Array {
  const sums = new Float64Array(tops * lefts * cells * cells);
  grids.forEach(({ on, top, left }, at) => {
    const first = (top * lefts + left) * on.length;
    for (let cell = 0; cell < on.length; cell++) if (on[cell]) sums[first + cell]! += weights[at]!;
  });
  return sums;
}

/** Adds a grid [cells · cells], enlarged along x, to `wide` [cells · width]. */
function addAcross(wide: Float64Array, grid: Float64Array, { lower, upper, share }: Between, cells: number): void {
  const width = lower.length;
  for (let row = 0, at = 0; row < cells; row++) {
    const first = row * cells;
    for (let x = 0; x < width; x++, at++) {
      const left = grid[first + lower[x]!]!;
      wide[at]! += left + share[x]! * (grid[first + upper[x]!]! - left);
    }
  }
}

/** Adds `wide` [cells · width], enlarged along y, to `sum` [height · width]. */
function addDown(sum: Float64Array, wide: Float64Array, { lower, upper, share }: Between, width: number): void {
  for (let y = 0, at = 0; y < lower.length; y++) {
    const [above, below, down] = [lower[y]! * width, upper[y]! * width, share[y]!];
    for (let x = 0; x < width; x++, at++) sum[at]! += (1 - down) * wide[above + x]! + down * wide[below + x]!;
  }
}
