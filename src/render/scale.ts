/**
 * Which value gets which colour. As in captum, the strongest colour is reached where the sorted magnitudes add up to
 * (100 − outlierPercentile) % of their sum, so that a few extreme pixels do not take all the contrast.
 */
import { METHODS } from '../compare/methods.ts';
import { type Attribution, spatialMap } from '../core/attribution.ts';
import { checkNumber } from '../core/check.ts';

/** Which values are shown: all of them, those for or against the class, or their magnitudes. */
export type Sign = 'all' | 'positive' | 'negative' | 'absolute';

/** The values at the first and the last colour of a map. With sign `all` they are −x and x. */
export interface ColourScale {
  readonly sign: Sign;
  readonly low: number;
  readonly high: number;
}

export interface ScaleOptions {
  /**
   * Default: `absolute` for the magnitudes of gradients; `all` for methods whose values have a sign, and wherever there are negative
   * ones; else `positive`. Of gradients the other signs show the sum of the channels.
   */
  readonly sign?: Sign | undefined;
  /** In percent of the summed magnitude. Default: 2. */
  readonly outlierPercentile?: number | undefined;
}

/**
 * One colour scale for several attributions of one method, so that their strengths can be compared.
 *
 * @param attributions whose heatmaps share the scale
 * @returns the values at both ends; 0 and 0 where there is nothing to show
 * @throws `ERR_OPTION` where the percentile is not from 0 to 100
 * @example
 * ```ts
 * const scale = colourScale([cat, dog]);
 * await render(cat, photo, { scale });
 * ```
 */
export function colourScale(attributions: readonly Attribution[], options: ScaleOptions = {}): ColourScale {
  const sign = options.sign ?? signOf(attributions);
  const maps = attributions.map((attribution) => spatialMap(foldedFor(attribution, sign)).data);
  const strengths = maps.flatMap((map) => Array.from(map, (value) => strength(value, sign)));
  const most = strongest(strengths, options.outlierPercentile);
  return { sign, low: sign === 'all' ? 0 - most : 0, high: sign === 'negative' ? -most : most };
}

/** An attribution of magnitudes as one with a sign, the sum of its channels, where a sign is to be shown. */
export const foldedFor = (attribution: Attribution, sign: Sign): Attribution =>
  attribution.fold === 'magnitude' && sign !== 'absolute' ? { ...attribution, fold: 'sum' } : attribution;

function signOf(attributions: readonly Attribution[]): Sign {
  if (attributions.length > 0 && attributions.every(({ fold }) => fold === 'magnitude')) return 'absolute';
  const isSigned = attributions.some(
    (attribution) => hasSign(attribution) || spatialMap(attribution).data.some((value) => value < 0),
  );
  return isSigned ? 'all' : 'positive';
}

/** Whether values have a sign by their method, though those at hand may not show it. Squares under noise have none. */
const hasSign = ({ method, fold, options }: Attribution): boolean =>
  fold !== 'magnitude' &&
  METHODS.some(({ name, isSigned }) => isSigned && name === method) &&
  (options.noise === undefined || options.noise === 'smoothgrad');

/** The place of a value on the scale, from 0 to 1; NaN for NaN. */
export function placeOf({ sign, low, high }: ColourScale, value: number): number {
  if (low === high) return sign === 'all' ? 0.5 : 0;
  const shown = sign === 'absolute' ? Math.abs(value) : value;
  return Math.min(1, Math.max(0, (shown - low) / (high - low)));
}

function strength(value: number, sign: Sign): number {
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
