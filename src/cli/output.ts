/** Files that are written whole or not at all. */
import { access, constants, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { ExplainError, expected } from '../core/errors.ts';
import { fileError } from '../core/file-error.ts';
import { replaceFile } from '../core/replace-file.ts';

/**
 * Looks whether files can be written into a folder that an option names, or the folder be made, and leaves everything as it is.
 * @throws `ERR_OUTPUT`
 */
export async function checkFolder(folder: string, option = '--out'): Promise<void> {
  const status = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw expected('ERR_OUTPUT', option, 'a folder that can be written', `${folder}, ${fileError(cause)}`);
  });
  if (!status) return checkFolder(dirname(resolve(folder)), option);
  if (!status.isDirectory()) throw expected('ERR_OUTPUT', option, 'a folder', `'${folder}', which is a file`);
  await access(folder, constants.W_OK).catch((cause) => {
    throw expected('ERR_OUTPUT', option, 'a folder that can be written', `'${folder}', which cannot`, '', { cause });
  });
}

/** Writes beside the place first and moves there last. @throws `ERR_OUTPUT` where the folder cannot be written */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  await replaceFile(path, data).catch((cause: Error) => {
    const advice = 'Give another folder with --out.';
    throw new ExplainError('ERR_OUTPUT', `${path} cannot be written: ${cause.message}. ${advice}`, { cause });
  });
}

/** `tiger cat` and `boxer, dog` as parts of file names. */
export const slug = (text: string): string =>
  text
    .split(',')[0]!
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);

/** Each file's name without folder and ending; a number is added where it would stand for two photos. */
export function stems(paths: readonly string[]): string[] {
  const used = new Set<string>();
  return paths.map((path) => {
    const stem = basename(path, extname(path));
    let name = stem;
    for (let count = 2; used.has(name); count++) name = `${stem}-${count}`;
    used.add(name);
    return name;
  });
}
