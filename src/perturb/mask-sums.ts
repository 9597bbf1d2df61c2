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

/** Some rows and columns of the picture's pixels; all where undefined. */
export interface Lines {
  readonly rows?: readonly number[] | undefined;
  readonly columns?: readonly number[] | undefined;
}

/** Σᵢ weights[i] · grids[i], enlarged: [height · width], or at the lines that are asked for [rows · columns]. */
export function* maskSum(
  grids: readonly DrawnGrid[],
  weights: ArrayLike<number>,
  size: MaskSize,
  lines: Lines = {},
): Pieces<Float64Array> {
  const { cells, height, width } = size;
  const [tops, lefts] = [cellSize(height, cells), cellSize(width, cells)];
  const byPlace = gridSums(grids, weights, cells, lefts, tops);
  const columns = Array.from({ length: lefts }, (_, left) => betweenCells(width, cells, left, lines.columns));
  const across = columns[0]!.lower.length;
  const sum = new Float64Array((lines.rows?.length ?? height) * across);
  for (let top = 0; top < tops; top++) {
    yield;
    const wide = new Float64Array(cells * across);
    columns.forEach((column, left) => {
      const first = (top * lefts + left) * cells * cells;
      addAcross(wide, byPlace.subarray(first, first + cells * cells), column, cells);
    });
    addDown(sum, wide, betweenCells(height, cells, top, lines.rows), across);
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
