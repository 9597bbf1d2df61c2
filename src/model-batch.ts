/** Which batch a model is fastest at, kept for each model and machine in the user's cache folder. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder } from './core/cache-folder.ts';
import { fastestBatch } from './workers/fastest-batch.ts';

/** What decides about it, beside the processor and the version of ONNX Runtime. */
export interface BatchKey {
  readonly sha256: string;
  readonly workers: number;
  readonly threads: number;
  readonly provider: string | undefined;
}

const CANDIDATES = [2, 4, 8];

/** So many rows must have been asked for before it is worth while to find out: that takes 104 for each worker. */
const WORTH_WHILE = 2000;
const ROWS_PER_WORKER = 8;

/** Scores the first rows of a call at a batch. */
type Try = (batch: number, rows: number) => Promise<Float64Array>;

/** Chooses the batch of calls one after the other: what was found before, or the usual one until enough was asked for. */
export function batchChooser(key: BatchKey, usual: number): (rows: number, attempt: Try) => Promise<number> {
  const file = fileOf(key);
  let known: Promise<number | undefined> | undefined;
  let isTrying = false;
  let asked = 0;
  return async (rows, attempt) => {
    const found = await (known ??= readBatch(file));
    asked += rows;
    const tried = ROWS_PER_WORKER * key.workers;
    if (found || isTrying || asked < WORTH_WHILE || rows < tried) return found ?? usual;
    isTrying = true;
    try {
      const batches = [usual, ...CANDIDATES.filter((other) => other !== usual)];
      const batch = await fastestBatch(batches, (other) => attempt(other, tried));
      known = Promise.resolve(batch);
      await keep(file, batch).catch(() => {}); // Where nothing can be written, the next process finds out again.
      return batch;
    } catch {
      return usual; // The call itself will say why.
    } finally {
      isTrying = false;
    }
  };
}

function fileOf(key: BatchKey): string {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
  const all = JSON.stringify([key.sha256, key.workers, key.threads, key.provider, cpus()[0]?.model, version]);
  return join(cacheFolder(), 'batch', `${createHash('sha256').update(all).digest('hex')}.json`);
}

/** Undefined where there is no such file, or something else in it. */
async function readBatch(file: string): Promise<number | undefined> {
  try {
    const { batch } = JSON.parse(await readFile(file, 'utf8'));
    return CANDIDATES.find((candidate) => candidate === batch);
  } catch {
    return undefined;
  }
}

/** Written beside its place first: a process that reads meanwhile finds a whole file or none. */
async function keep(file: string, batch: number): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, JSON.stringify({ batch }));
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
