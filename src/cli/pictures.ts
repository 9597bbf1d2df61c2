/** The files of one photo: a picture of each attribution in each style, and its values as NumPy files. */
import { join } from 'node:path';
import { columnNames } from '../compare/column-names.ts';
import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { encodeNpy } from '../core/npy.ts';
import type { Photo } from '../core/predictor.ts';
import { INTERPOLATIONS } from '../image/project.ts';
import { colourScale } from '../render/colour-scale.ts';
import type { FigureOptions } from '../render/figure.ts';
import { hasChannels } from '../render/paint-channels.ts';
import { PICTURE_STYLES, type PictureStyle, type RenderOptions, render } from '../render/render.ts';
import { type Files, writtenPath } from './document.ts';
import { type Given, numberOption, textOption } from './options.ts';
import { slug, writeWhole } from './output.ts';

/** What the options say about pictures. */
export function renderOptions(given: Given): Omit<RenderOptions, 'style' | 'scale'> {
  const sign = textOption(given, 'sign');
  const view = textOption(given, 'view');
  const interpolation = textOption(given, 'interpolation');
  return {
    colormap: textOption(given, 'colormap'),
    alpha: numberOption(given, 'alpha'),
    power: numberOption(given, 'power'),
    interpolation:
      interpolation === undefined ? undefined : checkChoice(interpolation, '--interpolation', INTERPOLATIONS),
    sign: sign === undefined ? undefined : checkChoice(sign, '--sign', ['all', 'positive', 'negative', 'absolute']),
    outlierPercentile: numberOption(given, 'outlierPercentile'),
    view: view === undefined ? undefined : checkChoice(view, '--view', ['photo', 'model']),
  };
}

export const stylesOption = (given: Given): PictureStyle[] =>
  (textOption(given, 'style') ?? 'overlay')
    .split(',')
    .map((style) => checkChoice(style.trim(), '--style', PICTURE_STYLES));

/** The look of the figure: of several styles the first that heatmaps have. */
export const figureOptions = (given: Given): FigureOptions => ({
  ...renderOptions(given),
  style: stylesOption(given).find((style) => style !== 'colour'),
  scale: scaleOption(given),
});

export const scaleOption = (given: Given) =>
  checkChoice(textOption(given, 'scale') ?? 'method', '--scale', ['method', 'map']);

/** An attribution with the name of its column. */
export interface Named {
  readonly attribution: Attribution;
  readonly column: string;
}

export function named(attributions: readonly Attribution[]): Named[] {
  const columns = columnNames(attributions);
  return attributions.map((attribution, at) => ({ attribution, column: columns[at]! }));
}

/** Where the files of a photo go. */
export interface Place {
  readonly folder: string;
  readonly stem: string;
  /** The only file to write, where it is only one. */
  readonly single?: string | undefined;
  /** No further file is begun once it is aborted. */
  readonly signal: AbortSignal;
}

/** `out/photo.grad-cam.281-tabby`: what the files of an attribution begin with. */
export const filePath = ({ folder, stem }: Place, { attribution: { target }, column }: Named, ending: string): string =>
  join(folder, `${stem}.${column}.${target.index}-${slug(target.label)}.${ending}`);

/**
 * Draws every attribution in every style, and several styles side by side too, with one colour scale per column unless
 * `--scale map` asks for one each. One after the other, as each takes several times the photo's memory.
 */
export async function writePictures(all: readonly Named[], photo: Photo, place: Place, given: Given): Promise<Files[]> {
  const options = renderOptions(given);
  const perMap = scaleOption(given) === 'map';
  const pictures: Files[] = [];
  for (const item of all) {
    const sharing = perMap ? [item] : all.filter(({ column }) => column === item.column);
    const scale = colourScale(
      sharing.map(({ attribution }) => attribution),
      options,
    );
    const files: Record<string, string> = {};
    const write = async (name: string, path: string, picture: () => Promise<Buffer>) => {
      place.signal.throwIfAborted();
      await writeWhole(path, await picture());
      files[name] = writtenPath(path);
    };
    const styles = drawnStyles(item.attribution, given);
    for (const style of place.single && styles.length > 1 ? [] : styles) {
      const path = place.single ?? filePath(place, item, style === 'overlay' ? 'png' : `${style}.png`);
      await write(style, path, () => render(item.attribution, photo, { ...options, style, scale }));
    }
    if (styles.length > 1) {
      // Loaded here as its fonts take a fifth of the command's start.
      const { panels } = await import('../render/panels.ts');
      const path = place.single ?? filePath(place, item, 'styles.png');
      await write('styles', path, () => panels(item.attribution, photo, { ...options, styles, scale }));
    }
    pictures.push(files);
  }
  return pictures;
}

/** The styles in which an attribution can be drawn; `--style colour` is left out where values have no three channels. */
const drawnStyles = (attribution: Attribution, given: Given): PictureStyle[] =>
  stylesOption(given).filter((style) => style !== 'colour' || hasChannels(attribution));

/** Methods that `--style colour` is asked for and that have no colours, in a sentence. */
export function withoutColour(all: readonly Named[], given: Given): string[] {
  const columns = all.filter(({ attribution }) => !hasChannels(attribution)).map(({ column }) => column);
  if (!stylesOption(given).includes('colour') || columns.length === 0) return [];
  return [`no picture in colour of ${[...new Set(columns)].join(', ')}: there is no value for each of three channels.`];
}

/** An attribution's own values, how far they may be off, and beside those of segments the label map [H, W]. */
export async function writeRaw(item: Named, place: Place): Promise<Files> {
  const { attribution, column } = item;
  const { data, shape, standardError, segments, inputSize } = attribution;
  const write = async (path: string, values: Parameters<typeof encodeNpy>[0]) => {
    await writeWhole(path, encodeNpy(values));
    return writtenPath(path);
  };
  const errors = standardError && { data: standardError, shape: segments ? shape : inputSize };
  const labels = segments && { data: segments, shape: inputSize };
  return {
    raw: await write(filePath(place, item, 'npy'), { data, shape }),
    ...(errors ? { rawStandardError: await write(filePath(place, item, 'standard-error.npy'), errors) } : {}),
    ...(labels ? { labelMap: await write(join(place.folder, `${place.stem}.${column}.segments.npy`), labels) } : {}),
  };
}
