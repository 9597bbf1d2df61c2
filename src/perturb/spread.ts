/**
 * Error bars from the samples themselves. They are divided into groups of consecutive ones; an estimate being (nearly) a sum
 * over samples, its variance is G / (G − 1) · Σ (what a group adds − the group's share of the whole)² over the G groups.
 */

/** More groups would make error bars more precise and cost more: their own relative error is about 1/√(2 (G − 1)), 16 %. */
const GROUPS = 20;
/** The strongest values, whose ranks count. */
const TOP = 5;

/** How many groups so many samples make: 0 where they are too few for error bars. */
export const groupCount = (samples: number): number => (samples < 4 ? 0 : Math.min(GROUPS, samples >> 1));

/** The group of a sample. Samples 0 and 1, 2 and 3, … which may be a mask and its complement, stay together. */
export const groupOf = (sample: number, samples: number): number =>
  Math.floor(((sample >> 1) * groupCount(samples)) / ((samples + 1) >> 1));

/** The first sample of each group, and the end. */
export function groupStarts(samples: number): number[] {
  const starts = Array.from({ length: groupCount(samples) + 1 }, () => samples);
  for (let sample = samples - 1; sample >= 0; sample--) starts[groupOf(sample, samples)] = sample;
  return starts;
}

/** From what each group adds to values [groups][values]: rows whose squares add up to each value's variance. */
export function deviations(parts: readonly Float64Array[], samples: number): Float64Array[] {
  const starts = groupStarts(samples);
  const whole = Float64Array.from(parts[0] ?? [], (_, at) => parts.reduce((sum, part) => sum + part[at]!, 0));
  const scale = Math.sqrt(parts.length / (parts.length - 1));
  return parts.map((part, group) => {
    const share = (starts[group + 1]! - starts[group]!) / samples;
    return part.map((value, at) => scale * (value - share * whole[at]!));
  });
}

/**
 * A fit of `parameters` to `observations` leaves less of them than the truth would: the rows, scaled by √(n / (n − p)); none
 * where all observations are used up.
 */
export function freedomGiven(rows: readonly Float64Array[], observations: number, parameters: number): Float64Array[] {
  if (observations <= parameters) return [];
  const scale = Math.sqrt(observations / (observations - parameters));
  return rows.map((row) => row.map((value) => scale * value));
}

/** The standard error of each value; undefined where there are no groups. */
export function standardErrors(rows: readonly Float64Array[]): Float32Array | undefined {
  if (rows.length === 0) return undefined;
  return Float32Array.from(rows[0]!, (_, at) => Math.sqrt(rows.reduce((sum, row) => sum + row[at]! ** 2, 0)));
}

/**
 * How far the ranking of the strongest values is in doubt: the probability that one of the top five and any other value are
 * in the wrong order, as a mean over such pairs, between 0 and 0.5; 0.5 where there are no groups.
 */
export function doubt(values: Float64Array, rows: readonly Float64Array[]): number {
  if (rows.length === 0) return 0.5;
  const ranked = Array.from(values.keys()).sort((one, other) => values[other]! - values[one]!);
  const wrong: number[] = [];
  for (const [rank, strong] of ranked.slice(0, TOP).entries()) {
    for (const weak of ranked.slice(rank + 1)) {
      const error = Math.sqrt(rows.reduce((sum, row) => sum + (row[strong]! - row[weak]!) ** 2, 0));
      wrong.push(error > 0 ? beyond((values[strong]! - values[weak]!) / error) : 0);
    }
  }
  return wrong.reduce((sum, probability) => sum + probability, 0) / Math.max(1, wrong.length);
}

/** The probability that a standard normal draw is above z ≥ 0, to 7 digits. Abramowitz  https://www.cs.fsu.edu/~mascagni/Hastings.pdf Stegun, 26.2.17. */
function beyond(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
