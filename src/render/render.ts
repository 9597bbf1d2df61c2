import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { project } from '../image/project.ts';
import { resizePart } from '../image/resize-part.ts';
import { type AppearanceOptions, appearance } from './appearance.ts';
import { paint } from './paint.ts';
import { png } from './png.ts';

export interface RenderOptions extends AppearanceOptions {
  /** `photo`: all of it at its own resolution; `model`: the part that the model saw, at the size of its input. Default: `photo`. */
  readonly view?: 'photo' | 'model' | undefined;
}

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
  const { shown, view } = shownPart(attribution, photo, options.view ?? 'photo');
  return png(paint(shown, project(attribution, view), view, appearance([attribution], options)));
}

/** The part of the photo that is shown, and where the model's input lies on it. */
function shownPart(
  { view, inputSize }: Attribution,
  photo: Photo,
  wanted: 'photo' | 'model',
): { shown: Photo; view: View } {
  checkPhoto(photo, view);
  if (checkChoice(wanted, 'view', ['photo', 'model']) === 'photo') return { shown: photo, view };
  const [height, width] = inputSize;
  return {
    shown: resizePart(photo, view.crop, width, height, 'bilinear'),
    view: { width, height, crop: [0, 0, width, height] },
  };
}

/** Throws `ERR_OPTION` unless the photo has the size of the one that was explained. */
export function checkPhoto(photo: Photo, { width, height }: View): void {
  if (photo.width === width && photo.height === height) return;
  throw expected(
    'ERR_OPTION',
    'photo',
    `the one that was explained, ${width} × ${height}`,
    `${photo.width} × ${photo.height}`,
  );
}
