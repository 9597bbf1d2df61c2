/** One attribution in several styles, side by side: each with its name above and, where colours stand for values, its bar below. */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { Size } from '../image/preprocess.ts';
import { resize } from '../image/resize.ts';
import { appearance } from './appearance.ts';
import { columnTitles } from './column-words.ts';
import { compose } from './compose.ts';
import { colourBar, rowHeader, titleLine } from './figure-parts.ts';
import { PICTURE_STYLES, type PictureStyle, painted, type RenderOptions } from './render.ts';
import { scaledView, shownPart } from './shown-part.ts';

export interface PanelOptions extends Omit<RenderOptions, 'style'> {
  /** From left to right. Default: `photo`, `overlay`, `heatmap`, `masked`, `alpha`. */
  readonly styles?: readonly PictureStyle[] | undefined;
}

const TITLES: { readonly [style in PictureStyle]: string } = {
  overlay: 'Overlay',
  heatmap: 'Heatmap',
  photo: 'Photo',
  masked: 'Masked photo',
  alpha: 'Transparent photo',
  colour: 'Channels in colour',
};

const MARGIN = 24;
const GAP = 14;
const WIDTH = 300;
const MOST_HEIGHT = 480;
const HEADER = 60;
const TITLE = 28;
const BAR = 60;

/**
 * Draws an attribution in several styles side by side, with titles.
 *
 * @param attribution of any method
 * @param photo that was explained, RGB, at its own resolution
 * @param options the styles, and the look that they share
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where an option is wrong or the photo is another one
 * @example
 * ```ts
 * await writeFile('cat.png', await panels(attribution, photo, { styles: ['photo', 'overlay', 'masked'] }));
 * ```
 */
export async function panels(attribution: Attribution, photo: Photo, options: PanelOptions = {}): Promise<Buffer> {
  const { styles = ['photo', 'overlay', 'heatmap', 'masked', 'alpha'], view: part, ...look } = options;
  if (styles.length === 0) throw expected('ERR_OPTION', 'styles', 'at least one', 'none');
  const { shown, view } = shownPart(attribution, photo, part);
  const { width, height } = cellSize(shown);
  const small = resize(shown, width, height, 'bicubic');
  const smallView = scaledView(view, small);
  const columnWidth = Math.max(width, WIDTH);
  const top = MARGIN + HEADER + TITLE;

  const drawn = styles.map((style, at) => {
    checkChoice(style, 'styles', PICTURE_STYLES);
    const x = MARGIN + at * (columnWidth + GAP);
    const title = titleLine(TITLES[style], { x, y: MARGIN + HEADER, width: columnWidth, height: TITLE });
    const barPlace = { x, y: top + height + GAP, width: columnWidth, height: BAR };
    const bar =
      style === 'colour' ? '' : colourBar(appearance([attribution], { ...look, style }), attribution.unit, barPlace);
    return { picture: painted(attribution, small, smallView, { ...look, style }), x, y: top, writing: title + bar };
  });
  const size = {
    width: 2 * MARGIN + styles.length * (columnWidth + GAP) - GAP,
    height: top + height + GAP + BAR + MARGIN,
  };
  const [title] = columnTitles([[attribution]]);
  const wide = { x: MARGIN, y: MARGIN, width: size.width - 2 * MARGIN, height: HEADER };
  const heading = titleLine(title!, wide) + rowHeader(attribution.target, { ...wide, y: MARGIN + 22 });
  return compose(size, heading + drawn.map(({ writing }) => writing).join(''), drawn);
}

function cellSize(shown: Size): Size {
  const scale = Math.min(WIDTH / shown.width, MOST_HEIGHT / shown.height);
  return {
    width: Math.max(1, Math.round(shown.width * scale)),
    height: Math.max(1, Math.round(shown.height * scale)),
  };
}
