/**
 * The comparison as one picture: on the left the photo and what the model predicts; on the right a row for each class and
 * a column for each method, every column with one colour scale and its bar below. The lines and letters are one SVG, on
 * which the cells are laid.
 */
import sharp, { type OverlayOptions } from 'sharp';
import type { Attribution } from '../core/attribution.ts';
import { ExplainError } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { Target } from '../core/target.ts';
import type { View } from '../core/view.ts';
import type { Size } from '../image/preprocess.ts';
import { project } from '../image/project.ts';
import { resize } from '../image/resize.ts';
import { type AppearanceOptions, appearance } from './appearance.ts';
import { layout, type Rectangle } from './figure-layout.ts';
import { colourBar, columnHeader, columnTitles, cropOutline, predictionList, rowHeader } from './figure-parts.ts';
import { type Painting, paint } from './paint.ts';
import { checkPhoto } from './render.ts';

export interface FigureContent {
  /** The photo that was explained, at its own resolution. */
  readonly photo: Photo;
  /** What the model predicts, the most probable class first; the first five are shown. */
  readonly predictions: readonly Target[];
  /** For each class, an attribution by each method, in the same order. */
  readonly rows: readonly (readonly Attribution[])[];
}

export interface FigureOptions extends Omit<AppearanceOptions, 'style' | 'scale'> {
  /** Default: `overlay`. */
  readonly style?: 'overlay' | 'heatmap' | undefined;
}

const MOST_PREDICTIONS = 5;

/**
 * Draws the figure that compares methods, class by class. One colour scale per method is shared by its classes.
 *
 * @param content the photo, the predictions, the attributions
 * @param options the look of the cells
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where the rows do not have the same methods, or an option is wrong
 * @example
 * ```ts
 * const targets = ['cat', 'dog'];
 * const predictions = await model.classify(photo);
 * const [cat, dog] = await gradCam(model, photo, { targets });
 * const rows = [[cat], [dog]];
 * await writeFile('figure.png', await figure({ photo, predictions, rows }));
 * ```
 */
export async function figure(
  { photo, predictions, rows }: FigureContent,
  options: FigureOptions = {},
): Promise<Buffer> {
  const columns = columnsOf(rows);
  const shown = predictions.slice(0, MOST_PREDICTIONS);
  const place = layout(photo, columns.length, rows.length, shown.length);
  const looks = columns.map((column) => appearance(column, options));
  const small = resize(photo, place.photo.width, place.photo.height, 'bicubic');

  const titles = columnTitles(columns);
  const writing = [
    predictionList(shown, place.predictions),
    ...columns.map((column, at) => columnHeader(titles[at]!, column, place.header(at))),
    ...columns.map((column, at) => colourBar(looks[at]!, column[0]!.unit, place.bar(at))),
    ...rows.map((row, at) => rowHeader(row[0]!.target, place.rowHeader(at))),
  ];
  const cells = rows.flatMap((row, atRow) =>
    row.map((attribution, atColumn) => {
      checkPhoto(photo, attribution.view);
      const view = scaledView(attribution.view, small);
      return laid(paint(small, project(attribution, view), view, looks[atColumn]!), place.cell(atRow, atColumn));
    }),
  );
  const outline = cropOutline(scaledView(rows[0]![0]!.view, small), place.photo);
  return sharp(svg(place, writing.join('')))
    .composite([laid(small, place.photo), ...cells, { input: svg(place, outline), left: 0, top: 0 }])
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer();
}

/** The attributions of each method. */
function columnsOf(rows: FigureContent['rows']): Attribution[][] {
  const methods = rows[0]?.map(({ method }) => method) ?? [];
  const areSame = rows.every(
    (row) => row.length === methods.length && row.every(({ method }, at) => method === methods[at]),
  );
  if (methods.length === 0 || !areSame) {
    throw new ExplainError(
      'ERR_OPTION',
      'rows: expected attributions by the same methods, in the same order, for each class.',
    );
  }
  return methods.map((_, at) => rows.map((row) => row[at]!));
}

function scaledView({ width, height, crop: [x, y, cropWidth, cropHeight] }: View, size: Size): View {
  const [perX, perY] = [size.width / width, size.height / height];
  return { width: size.width, height: size.height, crop: [x * perX, y * perY, cropWidth * perX, cropHeight * perY] };
}

function laid({ data, width, height }: Photo | Painting, { x, y }: Rectangle): OverlayOptions {
  const channels = data.length === width * height * 4 ? 4 : 3;
  return {
    input: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    raw: { width, height, channels },
    left: x,
    top: y,
  };
}

const svg = ({ width, height }: Size, content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
