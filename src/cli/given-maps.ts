/** `--attribution NAME=FILE.npy`: maps made elsewhere that `compare` puts beside ours. */
import { createHash } from 'node:crypto';
import type { GivenMapFor } from '../compare/import-attribution.ts';
import { expected } from '../core/errors.ts';
import { givenFile } from '../core/given-file.ts';
import { decodeNpy } from '../core/npy.ts';
import type { Source } from './document.ts';
import type { Given } from './options.ts';

/** A map and the file that it comes from. */
export interface MapFromFile extends GivenMapFor {
  readonly source: Source;
}

/** @throws `ERR_OPTION` where a text is no `NAME=FILE`, or a file cannot be read */
export async function givenMaps(given: Given): Promise<MapFromFile[]> {
  const texts = [given.attribution].flat().filter((text) => text !== undefined);
  return Promise.all(texts.map((text) => givenMap(String(text))));
}

async function givenMap(text: string): Promise<MapFromFile> {
  const [, name, target, path] = /^([^=@]+)(?:@([^=]+))?=(.+)$/s.exec(text) ?? [];
  if (name === undefined || path === undefined) {
    throw expected('ERR_OPTION', '--attribution', 'NAME=FILE.npy or NAME@CLASS=FILE.npy', `'${text}'`);
  }
  const bytes = await givenFile(path, 'ERR_OPTION', `--attribution ${text}`, 'a .npy file');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, target, ...decodeNpy(bytes, `--attribution ${text}`), source: { path, sha256 } };
}
