/**
 * The comparison as one picture: on the left the photo and what the model predicts; on the right a row for each class and
 * a column for each method, every column with one colour scale and its bar below. The lines and letters are one SVG, on
 * which the cells are laid.
 */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { ExplainError } from '../core/errors.ts';
import type { Photo } from '../core/predictor.ts';
import type { Target } from '../core/target.ts';
import { project } from '../image/project.ts';
import { resize } from '../image/resize.ts';
import { type AppearanceOptions, appearance } from './appearance.ts';
import { foldedFor } from './colour-scale.ts';
import { columnTitles } from './column-words.ts';
import { compose } from './compose.ts';
import { layout, type Rectangle } from './figure-layout.ts';
import { colourBar, columnHeader, cropOutline, predictionList, rowHeader } from './figure-parts.ts';
import { paint } from './paint.ts';
import { type ShownPart, scaledView, shownPart } from './shown-part.ts';

export interface FigureContent {
  /** The photo that was explained, at its own resolution. */
  readonly photo: Photo;
  /** What the model predicts, the most probable class first; the first five are shown. */
  readonly predictions: readonly Target[];
  /** For each class, an attribution by each method, in the same order. */
  readonly rows: readonly (readonly Attribution[])[];
}

export interface FigureOptions extends Omit<AppearanceOptions, 'scale'> {
  /** One colour scale for each method, shared by its classes, or one for each map. Default: `method`. */
  readonly scale?: 'method' | 'map' | undefined;
  /** The whole photo, or the part that the model saw. Default: `photo`. */
  readonly view?: ShownPart | undefined;
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
  const { scale = 'method', view: part, ...look } = options;
  const columns = columnsOf(rows);
  const { shown } = shownPart(rows[0]![0]!, photo, part);
  const listed = predictions.slice(0, MOST_PREDICTIONS);
  const isPerMap = checkChoice(scale, 'scale', ['method', 'map']) === 'map';
  const place = layout(shown, columns.length, rows.length, listed.length, isPerMap);
  const shared = columns.map((column) => appearance(column, look));
  const lookOf = (attribution: Attribution, column: number) =>
    isPerMap ? appearance([attribution], look) : shared[column]!;
  const small = resize(shown, place.photo.width, place.photo.height, 'bicubic');
  const viewOf = (attribution: Attribution) => scaledView(shownPart(attribution, photo, part).view, small);

  const titles = columnTitles(columns);
  const writing = [
    predictionList(listed, place.predictions),
    ...columns.map((column, at) => columnHeader(titles[at]!, column, place.header(at))),
    ...rows
      .slice(isPerMap ? 0 : -1)
      .flatMap((row, atRow) =>
        row.map((attribution, at) => colourBar(lookOf(attribution, at), attribution.unit, place.bar(atRow, at))),
      ),
    ...rows.map((row, at) => rowHeader(row[0]!.target, place.rowHeader(at))),
  ];
  const cells = rows.flatMap((row, atRow) =>
    row.map((attribution, atColumn) => {
      const view = viewOf(attribution);
      const settled = lookOf(attribution, atColumn);
      const values = project(foldedFor(attribution, settled.scale.sign), view, settled.interpolation);
      const picture = paint(small, values, view, settled);
      return { picture, ...corner(place.cell(atRow, atColumn)) };
    }),
  );
  const outline = cropOutline(viewOf(rows[0]![0]!), place.photo);
  return compose(place, writing.join(''), [{ picture: small, ...corner(place.photo) }, ...cells], outline);
}

const corner = ({ x, y }: Rectangle) => ({ x, y });

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
