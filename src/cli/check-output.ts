/** Wrong options of the output, and a folder that cannot be written, are found before minutes are spent on explaining. */
import { appearance } from '../render/appearance.ts';
import { maskOptions, sampleCount } from './lime-files.ts';
import type { Given } from './options.ts';
import { checkFolder } from './output.ts';
import { figureOptions } from './pictures.ts';

/** @throws `ERR_OPTION` or `ERR_OUTPUT` */
export async function checkOutput(folder: string, given: Given): Promise<void> {
  const { scale: _, ...look } = figureOptions(given);
  appearance([], look);
  maskOptions(given);
  sampleCount(given);
  await checkFolder(folder);
}
