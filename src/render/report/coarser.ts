/** Maps of many cells are averaged where a page would otherwise grow too large to open. */
import type { Mapped } from '../../core/attribution.ts';
import { project } from '../../image/project.ts';

/** About 2 MB of text; ten maps of 300 × 300 cells stay whole. */
const MOST_CELLS = 900_000;

const cellsOf = ({ shape: [height = 1, width = 1] }: Mapped): number => height * width;

/**
 * The maps [h, w] with so few cells that all together have at most `most`: the finest are averaged first, those of segments
 * stay as they are.
 */
export function coarserThan(maps: readonly Mapped[], most: number = MOST_CELLS): Mapped[] {
  const side = longestSide(
    maps.filter(({ segments }) => !segments),
    most,
  );
  return maps.map((map) => {
    const [height, width] = map.shape as [number, number];
    const shrink = side / Math.max(height, width);
    if (map.segments || shrink >= 1) return map;
    return averaged(map, Math.max(1, Math.round(height * shrink)), Math.max(1, Math.round(width * shrink)));
  });
}

/** The longest side that maps may have. */
function longestSide(maps: readonly Mapped[], most: number): number {
  const longest = ({ shape }: Mapped) => Math.max(...shape);
  const cells = (side: number) =>
    maps.reduce((sum, map) => sum + cellsOf(map) * Math.min(1, side / longest(map)) ** 2, 0);
  let side = Math.max(1, ...maps.map(longest));
  while (side > 1 && cells(side) > most) side = Math.floor(side * 0.9);
  return side;
}

/** The map at [height, width] cells, which cover the model's input evenly. */
function averaged(map: Mapped, height: number, width: number): Mapped {
  const [inputHeight, inputWidth] = map.inputSize;
  const [stepY, stepX] = [inputHeight / height, inputWidth / width];
  return {
    ...map,
    data: project(map, { height, width, crop: [0, 0, width, height] }),
    shape: [height, width],
    lattice: { originY: stepY / 2 - 0.5, originX: stepX / 2 - 0.5, stepY, stepX },
  };
}
