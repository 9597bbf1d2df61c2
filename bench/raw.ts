/** Forward passes per second of plain worker threads, over a small grid of sessions × threads × batch. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../src/core/package-file.ts';
import type { RawWork } from './raw-worker.ts';

export interface RawSetting {
  readonly sessions: number;
  readonly threads: number;
  readonly batch: number;
}

/** Plain sessions that are loaded and wait. */
export interface RawSessions extends RawSetting, AsyncDisposable {
  /** Runs all sessions for a while; passes per second in all. */
  measure(seconds: number): Promise<number>;
}

type Subject = Pick<RawWork, 'path' | 'input' | 'shape'>;

export async function openRaw(subject: Subject, setting: RawSetting): Promise<RawSessions> {
  const workerData: RawWork = { ...subject, threads: setting.threads, batch: setting.batch };
  const workers = Array.from(
    { length: setting.sessions },
    () => new Worker(packageFile('dist/bench/raw-worker.js'), { workerData }),
  );
  const close = async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  await Promise.all(workers.map((worker) => once(worker, 'message'))).catch(async (error) => {
    await close();
    throw error;
  });
  return {
    ...setting,
    async measure(seconds) {
      const rates = await Promise.all(
        workers.map((worker) => {
          worker.postMessage(seconds);
          return once(worker, 'message') as Promise<[number]>;
        }),
      );
      return rates.reduce((sum, [rate]) => sum + rate, 0);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Tries every even way to share `cores` between sessions and threads, at several batches, and says which is the fastest. */
export async function bestRaw(
  subject: Subject,
  cores: number,
  batches: readonly number[],
  seconds: number,
): Promise<RawSetting> {
  const shares = Array.from({ length: cores }, (_, at) => ({ sessions: cores / (at + 1), threads: at + 1 }));
  let best: { setting: RawSetting; rate: number } | undefined;
  for (const share of shares.filter(({ sessions }) => Number.isInteger(sessions))) {
    for (const batch of batches) {
      const setting = { ...share, batch };
      await using raw = await openRaw(subject, setting);
      const rate = await raw.measure(seconds);
      if (!best || rate > best.rate) best = { setting, rate };
    }
  }
  return best!.setting;
}
