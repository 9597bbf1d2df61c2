import { type Attribution, spatialMap } from '../core/attribution.ts';
import { onInput } from '../core/sample.ts';
import { columnNames } from './column-names.ts';
import { METHODS } from './methods.ts';
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
  /** The same of the strongest tenth, and of the strongest twentieth. */
  readonly iou10: Matrix;
  readonly iou5: Matrix;
  /**
   * The mean rank correlation of two methods' maps for one class: both perturb, both take gradients (CAMs do as well), one of
   * each. Null where there is no such pair; maps made elsewhere are of no family.
   */
  readonly families: {
    readonly perturbation: number | null;
    readonly gradient: number | null;
    readonly between: number | null;
  };
  /** For each method the rank correlation of its maps for two classes: a map that is the same for both explains neither. */
  readonly classes: readonly {
    readonly method: string;
    readonly targets: readonly [number, number];
    readonly spearman: number | null;
  }[];
}
export type Matrix = readonly (readonly (number | null)[])[];

/**
 * Compares every pair of attributions of one picture, pixel by pixel of the model's input.
 * @example
 * const { spearman } = agreement([attribution, explanation]);
 */
export function agreement(attributions: readonly Attribution[]): Agreement {
  const maps = attributions.map((attribution) => onInput(spatialMap(attribution), attribution.inputSize));
  const [height, width] = attributions[0]?.inputSize ?? [0, 0];
  const scaled = maps.map(unitScaled);
  const spearman = symmetric(maps.map(ranks), pearson);
  const methods = columnNames(attributions);
  const targets = attributions.map(({ target }) => target.index);
  const overlaps = (share: number) =>
    symmetric(
      maps.map((map) => topPixels(map, share)),
      iou,
    );
  return {
    methods,
    targets,
    spearman,
    pearson: symmetric(maps, pearson),
    ssim: symmetric(scaled, (a, b) => ssim(a, b, height, width)),
    iou: overlaps(0.2),
    iou10: overlaps(0.1),
    iou5: overlaps(0.05),
    families: families(attributions.map(familyOf), targets, spearman),
    classes: pairs(methods)
      .filter(([a, b]) => methods[a] === methods[b])
      .map(([a, b]) => ({ method: methods[a]!, targets: [targets[a]!, targets[b]!], spearman: spearman[a]![b]! })),
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

/** The numbers of any two items, each pair once. */
const pairs = (items: readonly unknown[]): (readonly [number, number])[] =>
  items.flatMap((_, a) => items.slice(a + 1).map((_, offset) => [a, a + 1 + offset] as const));

function familyOf({ method }: Attribution): 'perturbation' | 'gradient' | undefined {
  const family = METHODS.find(({ name }) => name === method)?.family;
  return family === 'cam' ? 'gradient' : family;
}

function families(
  family: readonly ReturnType<typeof familyOf>[],
  targets: readonly number[],
  spearman: Matrix,
): Agreement['families'] {
  const mean = (one: string, other: string) => {
    const values = pairs(family)
      .filter(
        ([a, b]) => targets[a] === targets[b] && String([family[a], family[b]].toSorted()) === String([one, other]),
      )
      .flatMap(([a, b]) => spearman[a]![b] ?? []);
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  };
  return {
    perturbation: mean('perturbation', 'perturbation'),
    gradient: mean('gradient', 'gradient'),
    between: mean('gradient', 'perturbation'),
  };
}
