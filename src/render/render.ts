import type { Attribution } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { project } from '../image/project.ts';
import { type AppearanceOptions, appearance } from './appearance.ts';
import { foldedFor } from './colour-scale.ts';
import { type Painting, paint } from './paint.ts';
import { hasChannels, paintChannels } from './paint-channels.ts';
import { png } from './png.ts';
import { type ShownPart, shownPart } from './shown-part.ts';
import { STYLES, type Style } from './style.ts';

export interface RenderOptions extends Omit<AppearanceOptions, 'style'> {
  /** Default: `overlay`. */
  readonly style?: PictureStyle | undefined;
  /** `photo`: all of it at its own resolution; `model`: the part that the model saw, at the size of its input. Default: `photo`. */
  readonly view?: ShownPart | undefined;
}

/** The styles of heatmaps, and `colour`: the values of the three channels as red, green and blue, on grey. */
export type PictureStyle = Style | 'colour';
export const PICTURE_STYLES: readonly PictureStyle[] = [...STYLES, 'colour'];

/**
 * Draws an attribution on the photo it explains. What the model's crop did not see is dimmed.
 *
 * @param attribution of any method
 * @param photo that was explained, RGB, at its own resolution
 * @param options style, colours, scale; see each
 * @returns a PNG file
 * @throws `ERR_OPTION` where an option is wrong or the photo is another one
 * @example
 * ```ts
 * await writeFile('cat.png', await render(attribution, photo, { colormap: 'jet', alpha: 0.5 }));
 * ```
 */
export async function render(attribution: Attribution, photo: Photo, options: RenderOptions = {}): Promise<Buffer> {
  const { shown, view } = shownPart(attribution, photo, options.view);
  return png(painted(attribution, shown, view, options));
}

/** An attribution in the style that is wanted, on the photo at the size of the view. */
export function painted(attribution: Attribution, shown: Photo, view: View, options: RenderOptions): Painting {
  const { style, ...look } = options;
  if (style !== 'colour') {
    const settled = appearance([attribution], { ...look, style });
    return paint(
      shown,
      project(foldedFor(attribution, settled.scale.sign), view, settled.interpolation),
      view,
      settled,
    );
  }
  if (hasChannels(attribution)) return paintChannels(attribution, view, options);
  const { method, shape } = attribution;
  throw expected(
    'ERR_OPTION',
    'style',
    `another one for ${method}, whose values are [${shape.join(', ')}]`,
    "'colour'",
  );
}
