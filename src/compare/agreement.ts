import { type Attribution, spatialMap } from '../core/attribution.ts';
import { onInput } from '../core/sample.ts';
import { columnNames } from './column-names.ts';
import { iou, pearson, ranks, ssim, topPixels, unitScaled } from './similarity.ts';

/**
 * How alike every pair of attributions is: square matrices whose row and column k is `methods[k]` for `targets[k]`.
 * A method that comes again with other options is numbered: `occlusion-2`.
 */
export interface Agreement {
  readonly methods: readonly string[];
  readonly targets: readonly number[];
  /** Rank correlation of the heatmaps' pixels, −1 to 1; null where a map is constant. */
  readonly spearman: Matrix;
  /** Linear correlation, −1 to 1; null where a map is constant. */
  readonly pearson: Matrix;
  /** Structural similarity of the maps scaled to 0–1, −1 to 1. */
  readonly ssim: Matrix;
  /** Intersection over union of the strongest fifth of the pixels, 0 to 1. */
  readonly iou: Matrix;
}
type Matrix = readonly (readonly (number | null)[])[];

const STRONGEST = 0.2;

/**
 * Compares every pair of attributions of one picture, pixel by pixel of the model's input.
 * @example
 * const { spearman } = agreement([attribution, explanation]);
 */
export function agreement(attributions: readonly Attribution[]): Agreement {
  const maps = attributions.map((attribution) => onInput(spatialMap(attribution), attribution.inputSize));
  const [height, width] = attributions[0]?.inputSize ?? [0, 0];
  const scaled = maps.map(unitScaled);
  return {
    methods: columnNames(attributions),
    targets: attributions.map(({ target }) => target.index),
    spearman: symmetric(maps.map(ranks), pearson),
    pearson: symmetric(maps, pearson),
    ssim: symmetric(scaled, (a, b) => ssim(a, b, height, width)),
    iou: symmetric(
      maps.map((map) => topPixels(map, STRONGEST)),
      iou,
    ),
  };
}

function symmetric<T>(items: readonly T[], compare: (a: T, b: T) => number): Matrix {
  const result: (number | null)[][] = items.map(() => []);
  items.forEach((a, row) => {
    items.slice(row).forEach((b, offset) => {
      const value = compare(a, b);
      result[row]![row + offset] = result[row + offset]![row] = Number.isNaN(value) ? null : value;
    });
  });
  return result;
}
