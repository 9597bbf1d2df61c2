/**
 * Which value gets which colour. As in captum, the strongest colour is reached where the sorted magnitudes add up to
 * (100 − outlierPercentile) % of their sum, so that a few extreme pixels do not take all the contrast.
 */
import { checkNumber } from '../core/check.ts';

/** Which values are shown: all of them, those for or against the class, or their magnitudes. */
export type Sign = 'all' | 'positive' | 'negative' | 'absolute';

/** The values at the first and the last colour of a map. With sign `all` they are −x and x. */
export interface ColourScale {
  readonly sign: Sign;
  readonly low: number;
  readonly high: number;
}

/** The place of a value on the scale, from 0 to 1; NaN for NaN. */
export function placeOf({ sign, low, high }: ColourScale, value: number): number {
  if (low === high) return sign === 'all' ? 0.5 : 0;
  const shown = sign === 'absolute' ? Math.abs(value) : value;
  return Math.min(1, Math.max(0, (shown - low) / (high - low)));
}

/** How much of a value is shown. */
export function strength(value: number, sign: Sign): number {
  if (!Number.isFinite(value)) return 0;
  if (sign === 'positive') return Math.max(0, value);
  return sign === 'negative' ? Math.max(0, -value) : Math.abs(value);
}

/** The magnitude at which the sorted magnitudes add up to (100 − outlierPercentile) % of their sum. */
export function strongest(values: ArrayLike<number>, outlierPercentile = 2): number {
  const share = 1 - checkNumber(outlierPercentile, 'outlierPercentile', 0, 100) / 100;
  const sorted = Float64Array.from(values, Math.abs).sort();
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return sorted.find((value) => (sum += value) >= total * share) ?? 0;
}
