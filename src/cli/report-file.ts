/** `--report`: a comparison as one HTML page, in the file that is named, or for several photos in a folder. */
import { dirname, extname, join } from 'node:path';
import type { Comparison } from '../compare/compare.ts';
import { expected } from '../core/errors.ts';
import type { Model } from '../model.ts';
import { describedImage, heading, type Source } from './document.ts';
import type { LoadedPicture } from './load.ts';
import { type Given, textOption } from './options.ts';
import { checkFolder, writeWhole } from './output.ts';
import { figureOptions } from './pictures.ts';

const isPage = (path: string): boolean => /^\.html?$/i.test(extname(path));

/** @throws `ERR_OPTION` where several photos are to share one page, `ERR_OUTPUT` where the folder cannot be written */
export async function checkReport(given: Given, photos: readonly string[]): Promise<void> {
  const path = textOption(given, 'report');
  if (path === undefined) return;
  if (isPage(path) && photos.length > 1) {
    throw expected('ERR_OPTION', '--report', `a folder for ${photos.length} photos`, `'${path}'`);
  }
  await checkFolder(isPage(path) ? dirname(path) : path, '--report');
}

/** Writes the page of one photo, and returns its path; nothing where none is asked for. */
export async function writeReport(
  model: Model,
  { photo, source }: LoadedPicture,
  comparison: Comparison,
  stem: string,
  given: Given,
): Promise<string | undefined> {
  const asked = textOption(given, 'report');
  if (asked === undefined) return undefined;
  const path = isPage(asked) ? asked : join(asked, `${stem}.report.html`);
  // Loaded here as most runs write no report.
  const { report } = await import('../render/report/report.ts');
  const { style: _, view: __, ...look } = figureOptions(given);
  const run = { ...heading(model), image: imageOf(source, comparison), command: writtenCommand(process.argv.slice(2)) };
  await writeWhole(path, await report(comparison, photo, { ...look, run }));
  return path;
}

const imageOf = (source: Source, { attributions }: Comparison) => describedImage(source, attributions[0]!.view);

/** The command as a POSIX shell takes it. */
export const writtenCommand = (given: readonly string[]): string =>
  ['onnx-explain', ...given]
    .map((text) => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`))
    .join(' ');
