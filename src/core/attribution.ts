import type { Measured } from './measured.ts';
import type { ScoreKind } from './score.ts';
import type { Target } from './target.ts';
import type { Lattice, View } from './view.ts';

export type Family = 'perturbation' | 'gradient' | 'cam';

/** Anything that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An explanation of one class of one picture: how much each pixel, cell or segment speaks for the target. */
export interface Attribution {
  /** The method's canonical name, e.g. `grad-cam`. */
  readonly method: string;
  /** The method's own values, neither normalised nor resized. */
  readonly data: Float32Array;
  /** [C, H, W] for pixel methods, [h, w] for CAMs, [segments] for LIME. */
  readonly shape: readonly number[];
  readonly target: Target;
  /** What was explained and its value on the unperturbed picture. */
  readonly scoreKind: ScoreKind;
  readonly score: number;
  readonly options: { readonly [name: string]: Json };
  readonly seed?: number;
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  readonly seconds: number;
  readonly view: View;
  /** Height and width of the model's input. */
  readonly inputSize: readonly [number, number];
  /** Where the cells lie on the model's input. For segments: where the label map's cells lie. */
  readonly lattice: Lattice;
  /** The label map [H · W] that `data` belongs to, for methods that score segments. */
  readonly segments?: Int32Array;
  /** How the heatmap folds the channels of [C, H, W]: their sum, mean, or largest magnitude. */
  readonly fold: 'sum' | 'mean' | 'magnitude';
  /** The value that speaks neither for nor against: heatmaps show the difference from it. Default: 0. */
  readonly level?: number;
  /** How many perturbed pictures it is made of, for methods that draw them. */
  readonly samplesUsed?: number;
  /** How far each value may be off, as a standard error in the unit of `data`: [segments], or [H · W] for all channels of a pixel. */
  readonly standardError?: Float32Array;
  /** How good it is by the metrics that were asked for, by their names. */
  readonly metrics?: { readonly [metric: string]: Measured };
  /** How alike its maps under several seeds are, where it draws and that was asked for. */
  readonly repeat?: Repeated;
  /** What to know before trusting the values, in sentences. */
  readonly warnings?: readonly string[];
  /** The unit of the heatmap's colour bar, e.g. `logit drop`. */
  readonly unit: string;
}

/** The rank correlation of the heatmaps' pixels between all pairs of seeds, −1 to 1; null where a map is constant. */
export interface Repeated {
  readonly seeds: readonly number[];
  readonly mean: number | null;
  readonly least: number | null;
}

/** A map [height, width] on a lattice of the model's input. */
export interface SpatialMap {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly lattice: Lattice;
}

/** What the heatmap of an attribution is made from. */
export type Mapped = Pick<
  Attribution,
  'data' | 'shape' | 'segments' | 'lattice' | 'inputSize' | 'fold' | 'level' | 'view'
>;

/**
 * The attribution as one map [h, w]: channels folded, each segment's value in all of its pixels, measured from its level.
 * @example
 * const { data, height, width } = spatialMap(attribution);
 */
export function spatialMap(attribution: Mapped): SpatialMap {
  const { data, shape, segments, lattice, inputSize } = attribution;
  if (segments) {
    const [height, width] = inputSize;
    return { data: Float32Array.from(segments, (segment) => data[segment]!), height, width, lattice };
  }
  const [height, width] = shape.slice(-2) as [number, number];
  const folded = foldChannels(data, height * width, attribution.fold);
  const { level = 0 } = attribution;
  return { data: level === 0 ? folded : folded.map((value) => value - level), height, width, lattice };
}

function foldChannels(data: Float32Array, plane: number, fold: Attribution['fold']): Float32Array {
  const channels = data.length / plane;
  if (channels === 1 && fold !== 'magnitude') return data;
  const folded = new Float32Array(plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    let total = 0;
    for (let at = pixel; at < data.length; at += plane) {
      total = fold === 'magnitude' ? Math.max(total, Math.abs(data[at]!)) : total + data[at]!;
    }
    folded[pixel] = fold === 'mean' ? total / channels : total;
  }
  return folded;
}
