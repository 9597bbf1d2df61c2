/** What a heatmap's look is made of. */
import type { Interpolation } from '../image/project.ts';
import type { Colormap } from './colormap.ts';
import type { ColourScale } from './scale.ts';

export const STYLES = ['overlay', 'heatmap', 'photo', 'masked', 'alpha'] as const;

/**
 * `overlay`: the heatmap over the photo. `heatmap`: it alone. `photo`: the photo alone. `masked`: the photo, darker the
 * weaker the values. `alpha`: the photo, more transparent the weaker the values.
 */
export type Style = (typeof STYLES)[number];

export interface Appearance {
  readonly style: Style;
  readonly colours: Colormap;
  readonly alpha: number;
  readonly power: number;
  readonly interpolation: Interpolation;
  readonly scale: ColourScale;
}
