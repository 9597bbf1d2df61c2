/** Shares the rows of calls out in the way that is fastest for a model, which is found out by rows that have to be scored anyway. */
import { concatenate } from './core/concatenate.ts';
import { keepSplit, keptSplit, type Subject } from './model-kept-split.ts';
import { fastest } from './workers/fastest.ts';
import type { PoolScores, Split } from './workers/pool.ts';

const BATCHES = [1, 2, 4, 8];
const THREADS = [1, 2, 4];

/** All for each worker of the usual split: so many rows must have been asked for before it is worth while to find out, */
const WORTH_WHILE = 500;
/** that many make a trial, */
const TRIAL = 24;
/** and that many must have the same scores. */
const CHECKED = 8;

/** Which parts of a split are not the user's or the model's. */
export interface Open {
  readonly batch: boolean;
  /** Workers and their threads. */
  readonly cores: boolean;
}

/** Splits that use as many cores as the usual one, which comes first. */
export function openSplits(usual: Split, open: Open): Split[] {
  const cores = usual.workers;
  const threads = THREADS.filter((count) => open.cores && count > 1 && cores % count === 0);
  const shares = [usual, ...threads.map((count) => ({ workers: cores / count, threads: count }))];
  const batches = [usual.batch, ...BATCHES.filter((batch) => open.batch && batch !== usual.batch)];
  return shares.flatMap(({ workers, threads }) => batches.map((batch) => ({ workers, threads, batch })));
}

/** Rows of a call; of those that are scored besides, which do not count as its progress, all classes are. */
export interface Rows {
  readonly from: number;
  readonly to: number;
  readonly besides?: true;
}

/** Scores rows with a split. */
export type ScoreRows = (split: Split, rows: Rows) => Promise<Pick<PoolScores, 'values' | 'milliseconds'>>;

/**
 * Scores calls with the fastest split, or with the first until enough was asked for. One that fails, or gives other scores than the
 * first to the last bit, is not taken: speed may be chosen, numbers may not.
 */
export function splitChooser(subject: Subject): (count: number, score: ScoreRows) => Promise<Float64Array> {
  const { splits } = subject;
  const usual = splits[0]!;
  const [worthWhile, trial, checked] = [WORTH_WHILE, TRIAL, CHECKED].map((rows) => rows * usual.workers) as Three;
  const search = fastest(splits);
  let step = search.next();
  let known = splits.length === 1 ? Promise.resolve<Split | undefined>(usual) : undefined;
  let isSearching = false;
  let asked = 0;
  const right = new Set([usual]);

  /** Goes on with the search as far as the rows of a call go. */
  async function scoredInTrials(count: number, score: ScoreRows): Promise<Float64Array[]> {
    const first = { from: 0, to: checked, besides: true } as const;
    const wanted = await score(usual, first);
    /** Whether a split gives the scores of the usual one. That opens its sessions, which is to count in no trial. */
    async function isRight(split: Split): Promise<boolean> {
      const found = await score(split, first).catch(() => score(usual, first).then(() => undefined)); // A call may be over.
      return found !== undefined && bytes(found.values).equals(bytes(wanted.values));
    }

    const parts: Float64Array[] = [];
    while (!step.done && (parts.length + 1) * trial <= count) {
      const split = step.value;
      const rows = { from: parts.length * trial, to: (parts.length + 1) * trial };
      if (!right.has(split) && (await isRight(split))) right.add(split);
      const found = right.has(split) ? await score(split, rows) : undefined;
      if (found) parts.push(found.values);
      step = search.next(found ? found.milliseconds / split.workers : Infinity);
    }
    if (step.done) {
      known = Promise.resolve(step.value);
      await keepSplit(subject, step.value).catch(() => {}); // Where nothing can be written, the next process finds out again.
    }
    return parts;
  }

  return async (count, score) => {
    known ??= keptSplit(subject);
    asked += count;
    const parts: Float64Array[] = [];
    if (!(await known) && !isSearching && asked >= worthWhile) {
      isSearching = true;
      parts.push(...(await scoredInTrials(count, score).finally(() => (isSearching = false))));
    }
    const from = parts.length * trial;
    const found = (await known) ?? usual;
    const split = count < checked ? { ...usual, batch: found.batch } : found; // A few rows are not worth another session.
    if (from < count) parts.push((await score(split, { from, to: count })).values);
    return concatenate(parts);
  };
}

type Three = [number, number, number];

const bytes = ({ buffer }: Float64Array) => Buffer.from(buffer);
