/** Soft masks [H, W] before they are enlarged: a few cells each, and where the pixels lie among them. */
import { type Between, turningPixels } from './between.ts';
import { betweenCells, drawGrid } from './grid-mask.ts';
import type { Recipe, Scene } from './recipe.ts';
import { alongSide, type SoftMasks } from './soft-mask.ts';

/** A mask whose pixels are interpolated bilinearly. */
export interface CellMask {
  /** [h · w] */
  readonly cells: ArrayLike<number>;
  /** w */
  readonly columns: number;
  /** Where the H rows of pixels lie among the h of cells. */
  readonly down: Between;
  readonly across: Between;
}

/** Finds the masks of a scene; undefined for a recipe that is no mask, or one whose pixels are under noise. */
export function cellMasks({ picture, masks }: Scene): (recipe: Recipe) => CellMask | undefined {
  const [, height, width] = picture.shape as [number, number, number];
  const known = new Map<string, Between>();
  const shifted = (side: number, cells: number, start: number) =>
    kept(known, `${side} ${cells} ${start}`, () => betweenCells(side, cells, start));
  let soft: ((mask: number, scale: number) => CellMask) | undefined;
  return (recipe) => {
    if (recipe.kind === 'grid-mask') {
      const { on, top, left } = drawGrid(recipe, height, width);
      const { cells } = recipe;
      return { cells: on, columns: cells, down: shifted(height, cells, top), across: shifted(width, cells, left) };
    }
    if (recipe.kind !== 'soft-mask' || recipe.noise) return undefined;
    soft ??= softCells(masks!, height, width);
    return soft(recipe.mask, recipe.scale);
  };
}

function softCells(
  { planes, isCornerAligned, isStretched }: SoftMasks,
  height: number,
  width: number,
): (mask: number, scale: number) => CellMask {
  const [, h, w] = planes.shape as [number, number, number];
  const [down, across] = [alongSide(h, height, isCornerAligned), alongSide(w, width, isCornerAligned)];
  const places = { ys: turningPixels(down), xs: turningPixels(across) };
  return (mask, scale) => {
    const plane = planes.data.subarray(mask * h * w, (mask + 1) * h * w);
    const { least, most } = isStretched ? extremes(plane, w, { down, across, ...places }) : { least: 0, most: 1 };
    const factor = most > least ? scale / (most - least) : 0;
    // The weights of a pixel's cells sum to 1: what is done to all cells is done to all pixels.
    return { cells: plane.map((value) => (value - least) * factor), columns: w, down, across };
  };
}

interface Places {
  readonly down: Between;
  readonly across: Between;
  readonly ys: readonly number[];
  readonly xs: readonly number[];
}

/** The least and the greatest pixel of a mask. They lie where the cells change, as values are monotone in between. */
function extremes(plane: Float32Array, w: number, { down, across, ys, xs }: Places): { least: number; most: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const y of ys) {
    const [above, below, part] = [down.lower[y]! * w, down.upper[y]! * w, down.share[y]!];
    for (const x of xs) {
      const [left, right, share] = [across.lower[x]!, across.upper[x]!, across.share[x]!];
      const start = plane[above + left]! + share * (plane[above + right]! - plane[above + left]!);
      const end = plane[below + left]! + share * (plane[below + right]! - plane[below + left]!);
      const value = start + part * (end - start);
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { least, most };
}

function kept<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
