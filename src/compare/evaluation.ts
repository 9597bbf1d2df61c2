/** Methods measured over many pictures: what is kept of each picture, and the means over all. */
import type { Measured } from '../core/measured.ts';
import { bootstrapMean, type Estimate } from './bootstrap.ts';
import { columnNames } from './column-names.ts';
import type { Comparison } from './compare.ts';
import { METRICS } from './metrics.ts';

/** What one attribution of a picture got. */
export interface Score {
  /** Numbered where it comes again with other options, as in `compare`. */
  readonly method: string;
  readonly seconds: number;
  readonly forwardPasses: number;
  readonly backwardPasses: number;
  readonly metrics: { readonly [metric: string]: Pick<Measured, 'value' | 'reason' | 'random' | 'centre'> };
}

/** What all methods got on one picture. */
export const scoresOf = ({ attributions }: Pick<Comparison, 'attributions'>): Score[] => {
  const columns = columnNames(attributions);
  return attributions.map(({ seconds, forwardPasses, backwardPasses, metrics = {} }, at) => ({
    method: columns[at]!,
    seconds,
    forwardPasses,
    backwardPasses,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, measured]) => [name, withoutCurve(measured)])),
  }));
};

const withoutCurve = ({ value, reason, random, centre }: Measured): Score['metrics'][string] => ({
  value,
  ...(reason === undefined ? {} : { reason }),
  random,
  ...(centre === undefined ? {} : { centre }),
});

/** A method by a metric, over all pictures for which both are defined. */
export interface MetricMean extends Estimate {
  readonly better: 'higher' | 'lower';
  /** The mean of what random attributions get on the same pictures; null where the metric has none. */
  readonly random: number | null;
  /** The same for a map that is strongest in the centre of the picture, where the metric has that baseline. */
  readonly centre?: number;
  /** By how much it is better than random, picture by picture: above 0 is better, whichever way the metric points. */
  readonly gain: Estimate | null;
}

export interface MethodMeans {
  readonly method: string;
  /** On average. */
  readonly seconds: number;
  readonly metrics: { readonly [metric: string]: MetricMean };
}

/**
 * The mean of every metric with its 95 % bootstrap interval, for each method.
 * @param pictures what all methods got on each of them
 * @param seed of the resamples
 */
export function meansOf(pictures: readonly (readonly Score[])[], seed: number): MethodMeans[] {
  const all = pictures.flat();
  return [...new Set(all.map(({ method }) => method))].map((method) => {
    const own = all.filter((score) => score.method === method);
    const names = METRICS.map(({ name }) => name).filter((name) => own.some(({ metrics }) => metrics[name]));
    const means = names.flatMap((name) => {
      const mean = metricMean(own, name, seed);
      return mean ? [[name, mean] as const] : [];
    });
    return { method, seconds: meanOf(own.map(({ seconds }) => seconds)), metrics: Object.fromEntries(means) };
  });
}

function metricMean(scores: readonly Score[], name: string, seed: number): MetricMean | undefined {
  const { better } = METRICS.find((metric) => metric.name === name)!;
  const found = scores.flatMap(({ metrics: { [name]: measured } }) =>
    measured && measured.value !== null ? [{ ...measured, value: measured.value }] : [],
  );
  if (found.length === 0) return undefined;
  const beside = found.flatMap(({ value, random }) => (random === null ? [] : [{ value, random }]));
  const centres = found.flatMap(({ centre }) => (centre === undefined ? [] : [centre]));
  const sign = better === 'higher' ? 1 : -1;
  return {
    ...bootstrapMean(
      found.map(({ value }) => value),
      seed,
    ),
    better,
    ...(centres.length > 0 ? { centre: meanOf(centres) } : {}),
    random: beside.length > 0 ? meanOf(beside.map(({ random }) => random)) : null,
    gain:
      beside.length > 0
        ? bootstrapMean(
            beside.map(({ value, random }) => sign * (value - random)),
            seed,
          )
        : null,
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
