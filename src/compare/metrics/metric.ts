/** What a metric is, and what it is given. A metric is one file, which describes it, and one line in `compare/metrics.ts`. */
import type { Attribution } from '../../core/attribution.ts';
import type { Measured } from '../../core/measured.ts';
import type { Classifier, Prepared, RunOptions } from '../../core/predictor.ts';
import type { ObjectMask } from './object-mask.ts';
import type { Substrate } from './substrate.ts';

/** The options of all metrics together; each reads its own. */
export interface MetricOptions {
  /** Pixels that change from one point of a curve to the next. */
  readonly step?: number;
  /** What stands where the picture is taken away. */
  readonly substrate?: Substrate;
  /** What is drawn, or how often the method is run again. */
  readonly samples?: number;
  /** Standard deviation of what is added to imputed pixels, in the model's input. */
  readonly noise?: number;
  /** In how many steps the weights are drawn anew. */
  readonly steps?: number;
  /** How much each value of the picture is changed at most. */
  readonly radius?: number;
  /** How far from an object still counts as on it, in pixels of the model's input. */
  readonly tolerance?: number;
}

export interface Metric {
  /** Canonical, as in JSON. */
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** In words and symbols. */
  readonly formula: string;
  readonly paper: { readonly name: string; readonly url: string };
  readonly better: Measured['better'];
  /** Of its values. */
  readonly range: string;
  /** What random attributions get. */
  readonly random: string;
  /** What it needs besides scores: to run the method again, objects' boxes, a graph whose weights can be drawn anew. */
  readonly needs: readonly ('method' | 'boxes' | 'graph')[];
  /** For each attribution, unless said otherwise. */
  readonly passes: string;
  /** Each of its options with the default, in words. */
  readonly options: { readonly [name in keyof MetricOptions]?: string };
  /** For each item what it measures. */
  readonly measure: (study: Study, options: MetricOptions) => Promise<readonly Measured[]>;
}

/** An attribution that can be measured: its map has no NaN and is not constant. */
export interface Item {
  readonly attribution: Attribution;
  /** At every pixel of the model's input [H · W]. */
  readonly map: Float32Array;
  /** Random maps as coarse as this one [H · W]. */
  readonly random: readonly Float32Array[];
  /** Where the objects of its class are, if any were given. */
  readonly object?: ObjectMask;
}

/** Attributions of one picture that are measured together. */
export interface Study extends RunOptions {
  readonly model: Classifier;
  readonly prepared: Prepared;
  /** Of the picture. */
  readonly logits: ArrayLike<number>;
  readonly items: readonly Item[];
  readonly seed: number;
}
