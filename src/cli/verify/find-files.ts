/** The files that a record names: where they are now, and whether they are still the same. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DEFAULT_MODEL, modelFile, sha256 } from '../../model-files.ts';
import { type Source, writtenPath } from '../document.ts';
import type { ExplanationRecord } from './read-record.ts';

export interface FoundFile {
  readonly what: 'model' | 'photo' | 'file';
  /** As the record has it. */
  readonly path: string;
  /** Where it is now, from the working folder. */
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

/** Of several files of that name the one that is unchanged. */
async function foundFile(
  what: FoundFile['what'],
  { path, sha256: recorded }: Source,
  recordPath: string,
): Promise<FoundFile> {
  const places = placesOf(path, recordPath);
  for (const found of places) {
    if ((await sha256(found)) === recorded) return { what, path, found, state: 'unchanged' };
  }
  return places[0] ? { what, path, found: places[0], state: 'changed' } : { what, path, state: 'missing' };
}

/** Where a file may be: a relative path counts from the working folder, as it was written, or from a folder above the record. */
export function placesOf(path: string, recordPath: string): string[] {
  const above = [dirname(resolve(recordPath))];
  while (dirname(above.at(-1)!) !== above.at(-1)) above.push(dirname(above.at(-1)!));
  const places = [process.cwd(), ...above].map((folder) => resolve(folder, path));
  return [...new Set(places)].filter((place) => statSync(place, { throwIfNoEntry: false })?.isFile()).map(writtenPath);
}

/** The model that comes with the package lies elsewhere on another machine. */
async function defaultModel(recorded: Source, missing: FoundFile): Promise<FoundFile> {
  const found = writtenPath(modelFile(DEFAULT_MODEL));
  return (await sha256(found)) === recorded.sha256 ? { ...missing, found, state: 'unchanged' } : missing;
}
