/** The files that a record names: where they are now, and whether they are still the same. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DEFAULT_MODEL, modelFile, sha256 } from '../../model-files.ts';
import type { Source } from '../document.ts';
import type { ExplanationRecord } from './read-record.ts';

export interface FoundFile {
  readonly what: 'model' | 'photo' | 'file';
  /** As the record has it. */
  readonly path: string;
  /** Where it is now. */
  readonly found?: string;
  readonly state: 'unchanged' | 'changed' | 'missing';
}

/** The model first, then the photo, then what options name. */
export async function findFiles(record: ExplanationRecord, recordPath: string): Promise<FoundFile[]> {
  const { model, image, run } = record;
  const find = (what: FoundFile['what'], source: Source) => foundFile(what, source, recordPath);
  const files = [await find('model', model), await find('photo', image)];
  if (files[0]!.state === 'missing') files[0] = await defaultModel(model, files[0]!);
  for (const file of run.files) files.push(await find('file', file));
  return files;
}

async function foundFile(
  what: FoundFile['what'],
  { path, sha256: recorded }: Source,
  recordPath: string,
): Promise<FoundFile> {
  const found = placeOf(path, recordPath);
  if (!found) return { what, path, state: 'missing' };
  const state = (await sha256(found)) === recorded ? 'unchanged' : 'changed';
  return { what, path, found, state };
}

/** Where a file is: a relative path counts from the working folder, as it was written, or from a folder above the record. */
export function placeOf(path: string, recordPath: string): string | undefined {
  const folders = [process.cwd(), dirname(resolve(recordPath))];
  while (dirname(folders.at(-1)!) !== folders.at(-1)) folders.push(dirname(folders.at(-1)!));
  return folders.map((folder) => resolve(folder, path)).find((place) => existsSync(place));
}

/** The model that comes with the package lies elsewhere on another machine. */
async function defaultModel(recorded: Source, missing: FoundFile): Promise<FoundFile> {
  const found = modelFile(DEFAULT_MODEL);
  return (await sha256(found)) === recorded.sha256 ? { ...missing, found, state: 'unchanged' } : missing;
}
