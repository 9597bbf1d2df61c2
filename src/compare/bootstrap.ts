import { random } from '../core/random.ts';

/** A mean and the interval that holds it with 95 % confidence. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Of values. */
  readonly count: number;
}

const RESAMPLES = 2000;

/**
 * The mean of one or more values with its 95 % percentile interval over 2000 bootstrap resamples. The same pictures are
 * drawn for any values of the same count, so that methods are compared on the same resamples.
 * @see https://doi.org/10.1214/aos/1176344552
 */
export function bootstrapMean(values: readonly number[], seed: number): Estimate {
  const count = values.length;
  const means = Float64Array.from({ length: RESAMPLES }, (_, index) => {
    const { integer } = random(seed, index);
    let sum = 0;
    for (let draw = 0; draw < count; draw++) sum += values[integer(count)]!;
    return sum / count;
  }).sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  return { mean, low: quantile(means, 0.025), high: quantile(means, 0.975), count };
}

/** Between the two values that lie next to it, in sorted values. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place % 1) * (sorted[Math.ceil(place)]! - below);
}
