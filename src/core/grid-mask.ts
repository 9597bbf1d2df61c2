/**
 * RISE's random masks: cells × cells that are each on or off, enlarged bilinearly to one cell more than the picture along
 * both sides, of which a part of the picture's size is cut out at a random place.
 */
import { type Between, between } from './between.ts';
import { random } from './random.ts';

/** A mask as the numbers it is drawn from: it is drawn where it is needed and never travels. */
export interface GridMask {
  readonly seed: number;
  readonly index: number;
  /** Along each side. */
  readonly cells: number;
  /** The probability that a cell is on. */
  readonly keep: number;
  /** That the cells that are drawn as on are off, and those drawn as off are on. */
  readonly inverted?: boolean;
}

export interface DrawnGrid {
  /** 1 for a cell that is on [cells · cells]. */
  readonly on: Uint8Array;
  /** Where the picture begins on the enlarged grid. */
  readonly top: number;
  readonly left: number;
}

/** How many pixels a cell has along a side, rounded up so that the enlarged grid is large enough. */
export const cellSize = (side: number, cells: number): number => Math.ceil(side / cells);

/** The cells of a mask and its place. */
export function drawGrid(
  { seed, index, cells, keep, inverted = false }: GridMask,
  height: number,
  width: number,
): DrawnGrid {
  const { uniform, integer } = random(seed, index);
  const on = Uint8Array.from({ length: cells * cells }, () => (uniform() < keep !== inverted ? 1 : 0));
  return { on, top: integer(cellSize(height, cells)), left: integer(cellSize(width, cells)) };
}

/** Pixels `start` … `start + side − 1` of the enlarged grid, or some of them. Beyond the outermost centres it is mirrored at them. */
export function betweenCells(
  side: number,
  cells: number,
  start: number,
  pixels: readonly number[] = Array.from({ length: side }, (_, pixel) => pixel),
): Between {
  const scale = cells / ((cells + 1) * cellSize(side, cells));
  const places = Float64Array.from(pixels, (pixel) => {
    const place = Math.abs((start + pixel + 0.5) * scale - 0.5);
    return Math.min(place, 2 * (cells - 1) - place);
  });
  return between(places, cells);
}

/** A mask [height · width] with values from 0 to 1. */
export const gridMask = (mask: GridMask, height: number, width: number): Float32Array =>
  enlarged(drawGrid(mask, height, width), mask.cells, height, width);

/** The part [height · width] of a drawn grid that lies on the picture, enlarged. */
export function enlarged({ on, top, left }: DrawnGrid, cells: number, height: number, width: number): Float32Array {
  const rows = betweenCells(height, cells, top);
  const columns = betweenCells(width, cells, left);
  const line = new Float64Array(cells);
  const values = new Float32Array(height * width);
  for (let y = 0, at = 0; y < height; y++) {
    const [upper, lower, down] = [rows.lower[y]! * cells, rows.upper[y]! * cells, rows.share[y]!];
    for (let cell = 0; cell < cells; cell++) line[cell] = (1 - down) * on[upper + cell]! + down * on[lower + cell]!;
    for (let x = 0; x < width; x++, at++) {
      const across = columns.share[x]!;
      values[at] = (1 - across) * line[columns.lower[x]!]! + across * line[columns.upper[x]!]!;
    }
  }
  return values;
}
