/** The colour scale that follows from what attributions hold. */
import { METHODS } from '../compare/methods.ts';
import { type Attribution, spatialMap } from '../core/attribution.ts';
import { type ColourScale, type Sign, strength, strongest } from './scale.ts';

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
