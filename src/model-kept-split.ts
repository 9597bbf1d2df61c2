/** Which split of the cores a model is fastest with, kept for each model and machine in the user's cache folder. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from './core/cache-folder.ts';
import { replaceFile } from './core/replace-file.ts';
import type { Split } from './workers/pool.ts';

/** What decides about it, beside the processor and the version of ONNX Runtime. */
export interface Subject {
  readonly sha256: string;
  readonly provider: string | undefined;
  /** Those among which it is looked for. */
  readonly splits: readonly Split[];
}

/** Undefined where none is kept, or something else in its place. */
export async function keptSplit(subject: Subject): Promise<Split | undefined> {
  try {
    const kept = JSON.parse(await readFile(fileOf(subject), 'utf8'));
    return subject.splits.find(
      ({ workers, threads, batch }) => workers === kept.workers && threads === kept.threads && batch === kept.batch,
    );
  } catch {
    return undefined;
  }
}

/** A process that reads meanwhile finds a whole file or none. */
export const keepSplit = (subject: Subject, split: Split): Promise<void> =>
  replaceFile(fileOf(subject), JSON.stringify(split));

function fileOf({ sha256, provider, splits }: Subject): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const all = JSON.stringify([sha256, provider, splits, cpus()[0]?.model, version]);
  return join(cacheFolder(), 'split', `${createHash('sha256').update(all).digest('hex')}.json`);
}
