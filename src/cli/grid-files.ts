/** Where `features` and `maximize` write. */
import { dirname, extname, join } from 'node:path';
import { expected } from '../core/errors.ts';
import { encodeNpy } from '../core/npy.ts';
import { writtenPath } from './document.ts';
import { type Given, textOption } from './options.ts';
import { checkFolder, writeWhole } from './output.ts';

/** What writes the files of one photo, or of one maximisation; each call says where it wrote, as the JSON has it. */
export interface GridFiles {
  picture(name: string, png: Promise<Buffer>): Promise<string>;
  /** Nothing unless `--raw` asks for it. */
  raw(name: string, array: { data: Float32Array; shape: readonly number[] }): Promise<{ raw?: string }>;
  /** Nothing where `--out` is one picture. */
  json(name: string, document: object): Promise<void>;
}

/**
 * @param stem what the names begin with
 * @param signal no further file is begun once it is aborted
 */
export function gridFiles(given: Given, stem: string, signal: AbortSignal): GridFiles {
  const { folder, single } = outOf(given);
  const path = (name: string) => join(folder, `${stem}.${name}`);
  async function write(to: string, data: string | Uint8Array): Promise<string> {
    signal.throwIfAborted();
    await writeWhole(to, data);
    return writtenPath(to);
  }
  return {
    picture: async (name, png) => write(single ?? path(`${name}.png`), await png),
    raw: async (name, array) => (given.raw ? { raw: await write(path(`${name}.npy`), encodeNpy(array)) } : {}),
    async json(name, document) {
      if (!single) await write(path(`${name}.json`), `${JSON.stringify(document, null, 2)}\n`);
    },
  };
}

/**
 * @param pictures how many are going to be written
 * @throws `ERR_OPTION` where one file is to hold several, `ERR_OUTPUT` where nothing can be written
 */
export async function checkGridFiles(given: Given, pictures: number): Promise<void> {
  const { folder, single } = outOf(given);
  if (single && pictures > 1) {
    throw expected('ERR_OPTION', '--out', `a folder, as ${pictures} pictures are asked for`, `'${single}'`);
  }
  if (single && given.raw) {
    throw expected('ERR_OPTION', '--out', 'a folder, as --raw writes files of its own', `'${single}'`);
  }
  await checkFolder(single ? dirname(single) : folder);
}

function outOf(given: Given): { readonly folder: string; readonly single?: string } {
  const out = textOption(given, 'out') ?? 'out';
  return extname(out).toLowerCase() === '.png' ? { folder: '.', single: out } : { folder: out };
}
