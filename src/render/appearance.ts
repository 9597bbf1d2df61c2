/** How a heatmap looks, settled: what the caller did not choose follows from whether the values have a sign. */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice, checkNumber } from '../core/check.ts';
import { INTERPOLATIONS, type Interpolation } from '../image/project.ts';
import { colormap } from './colormap.ts';
import { colourScale, type ScaleOptions } from './colour-scale.ts';
import type { ColourScale } from './scale.ts';
import { type Appearance, STYLES, type Style } from './style.ts';

export interface AppearanceOptions extends ScaleOptions {
  /** Default: `overlay`. */
  readonly style?: Style | undefined;
  /** A name or colours such as `#fff@0,#000@1`. Default: `blue-red` for values with a sign, else `inferno`. */
  readonly colormap?: string | undefined;
  /** The heatmap's opacity, 0–1. Values with a sign reach it at the ends of the scale. Default: 0.5; with a sign 0.75. */
  readonly alpha?: number | undefined;
  /** Of a value's share of the scale, before it gets its colour: above 1 weak values fade. torch-cam takes 2. Default: 1. */
  readonly power?: number | undefined;
  /** Between the cells of a map. Default: `bilinear`. */
  readonly interpolation?: Interpolation | undefined;
  /** A scale shared with other heatmaps. Default: the attribution's own. */
  readonly scale?: ColourScale | undefined;
}

/** Settles the look of attributions that share one scale. */
export function appearance(attributions: readonly Attribution[], options: AppearanceOptions): Appearance {
  const scale = options.scale ?? colourScale(attributions, options);
  const isSigned = scale.sign === 'all';
  return {
    style: checkChoice(options.style ?? 'overlay', 'style', STYLES),
    colours: colormap(options.colormap ?? (isSigned ? 'blue-red' : 'inferno')),
    alpha: checkNumber(options.alpha ?? (isSigned ? 0.75 : 0.5), 'alpha', 0, 1),
    power: checkNumber(options.power ?? 1, 'power', 0.1, 10),
    interpolation: checkChoice(options.interpolation ?? 'bilinear', 'interpolation', INTERPOLATIONS),
    scale,
  };
}
