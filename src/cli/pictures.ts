/** The files of one photo: a picture of each attribution in each style, and its values as NumPy files. */
import { join } from 'node:path';
import { columnNames } from '../compare/column-names.ts';
import type { Attribution } from '../core/attribution.ts';
import { checkChoice } from '../core/check.ts';
import { encodeNpy } from '../core/npy.ts';
import type { Photo } from '../core/predictor.ts';
import { STYLES, type Style } from '../render/appearance.ts';
import { type RenderOptions, render } from '../render/render.ts';
import { colourScale } from '../render/scale.ts';
import { type Files, writtenPath } from './document.ts';
import { type Given, numberOption, textOption } from './options.ts';
import { slug, writeWhole } from './output.ts';

/** What the options say about pictures. */
export function renderOptions(given: Given): Omit<RenderOptions, 'style' | 'scale'> {
  const sign = textOption(given, 'sign');
  const view = textOption(given, 'view');
  return {
    colormap: textOption(given, 'colormap'),
    alpha: numberOption(given, 'alpha'),
    sign: sign === undefined ? undefined : checkChoice(sign, '--sign', ['all', 'positive', 'negative', 'absolute']),
    outlierPercentile: numberOption(given, 'outlierPercentile'),
    view: view === undefined ? undefined : checkChoice(view, '--view', ['photo', 'model']),
  };
}

export const stylesOption = (given: Given): Style[] =>
  (textOption(given, 'style') ?? 'overlay').split(',').map((style) => checkChoice(style.trim(), '--style', STYLES));

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
 * Draws every attribution in every style, with one colour scale per column unless `--scale map` asks for one each. One
 * after the other, as each takes several times the photo's memory.
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
    for (const style of stylesOption(given)) {
      place.signal.throwIfAborted();
      const path = place.single ?? filePath(place, item, style === 'overlay' ? 'png' : `${style}.png`);
      await writeWhole(path, await render(item.attribution, photo, { ...options, style, scale }));
      files[style] = writtenPath(path);
    }
    pictures.push(files);
  }
  return pictures;
}

/** An attribution's own values, and beside those of segments the label map [H, W]. */
export async function writeRaw(item: Named, place: Place): Promise<Files> {
  const { attribution, column } = item;
  const raw = filePath(place, item, 'npy');
  await writeWhole(raw, encodeNpy(attribution));
  if (!attribution.segments) return { raw: writtenPath(raw) };
  const labelMap = join(place.folder, `${place.stem}.${column}.segments.npy`);
  await writeWhole(labelMap, encodeNpy({ data: attribution.segments, shape: attribution.inputSize }));
  return { raw: writtenPath(raw), labelMap: writtenPath(labelMap) };
}
