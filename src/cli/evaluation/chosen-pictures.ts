/** Which pictures of a folder are evaluated, and the class that is explained of each. */
import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { checkInteger } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import { fileError } from '../../core/file-error.ts';
import type { BoxedPicture } from './boxes.ts';

export interface ChosenPicture {
  /** Its file's name in the folder. */
  readonly image: string;
  /** Default: the predicted class. */
  readonly target?: number;
  /** Of the objects of that class. */
  readonly boxes?: BoxedPicture['boxes'];
}

const ENDINGS = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif'];

/**
 * The pictures of a folder by name, or those that have boxes; with a limit so many of them, spread evenly.
 * @throws `ERR_OPTION` where there are none, or the folder cannot be read
 */
export async function chosenPictures(
  folder: string,
  boxed: readonly BoxedPicture[] | undefined,
  limit: number | undefined,
): Promise<ChosenPicture[]> {
  const names = await readdir(folder).catch((cause) => {
    throw expected('ERR_OPTION', 'DIR', 'a folder with pictures', `'${folder}', ${fileError(cause)}`, '', { cause });
  });
  const all: ChosenPicture[] = boxed
    ? boxed.map(({ image, imagenetIndex, boxes }) => ({ image, target: imagenetIndex, boxes }))
    : names
        .filter((name) => ENDINGS.includes(extname(name).toLowerCase()))
        .sort()
        .map((image) => ({ image }));
  if (all.length === 0) {
    throw expected('ERR_OPTION', 'DIR', `a folder with pictures (${ENDINGS.join(' ')})`, `'${folder}' without any`);
  }
  const count = limit === undefined ? all.length : Math.min(all.length, checkInteger(limit, '--limit', 1));
  return Array.from({ length: count }, (_, at) => all[Math.floor((at * all.length) / count)]!);
}
