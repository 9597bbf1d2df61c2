/** How two heatmaps differ. Methods have units of their own, so each is counted in lengths of its own colour scale. */
import { colormap } from '../colormap.ts';
import { type ColourScale, placeOf } from '../scale.ts';
import type { Appearance } from '../style.ts';

/** A value in lengths of its scale: −1 to 1 where it has a sign, else 0 to 1. */
export function shareOfScale(value: number, scale: ColourScale): number {
  if (scale.low === scale.high) return 0;
  const place = placeOf(scale, value);
  return scale.sign === 'all' ? 2 * place - 1 : place;
}

/** From −1, where only the second is at the end of its scale, to 1; what is beyond takes the last colour. */
export const DIFFERENCE_LOOK: Appearance = {
  style: 'overlay',
  colours: colormap('blue-red'),
  alpha: 0.75,
  power: 1,
  interpolation: 'bilinear',
  scale: { sign: 'all', low: -1, high: 1 },
};

/** First − second at each pixel, both in lengths of their scales. */
export const differenceOf = (
  first: Float32Array,
  firstScale: ColourScale,
  second: Float32Array,
  secondScale: ColourScale,
): Float32Array => first.map((value, at) => shareOfScale(value, firstScale) - shareOfScale(second[at]!, secondScale));
