/** A method's rate and plain sessions', measured in short pieces one after the other: a machine's speed drifts within seconds. */
import type { RunOptions } from '../src/core/predictor.ts';
import type { Model } from '../src/model.ts';
import { pausing } from './pausing.ts';
import type { Work } from './works.ts';

export interface RawSlices {
  /** Passes per second of plain sessions, measured for a moment. */
  readonly raw: () => Promise<number>;
  /** The work is done again until it took so long. */
  readonly seconds: number;
  /** How many passes are run between two moments. */
  readonly piece: number;
}

/** As a type, as interfaces are no records. */
export type BesideRaw = {
  readonly passesPerSecond: number;
  /** To raw's mean over the moments. */
  readonly ratio: number;
};

export async function besideRaw(
  work: Work,
  model: Model,
  { raw, seconds, piece }: RawSlices,
  run: RunOptions,
): Promise<BesideRaw> {
  const rates = [await raw()];
  let paused = 0;
  const paced = pausing(model, piece, async () => {
    const begin = performance.now();
    rates.push(await raw());
    paused += (performance.now() - begin) / 1000;
  });
  const done = { passes: 0, seconds: 0 };
  while (done.seconds - paused < seconds) {
    const found = await work(paced, run);
    done.passes += found.passes;
    done.seconds += found.seconds;
    rates.push(await raw());
    run.signal?.throwIfAborted();
  }
  const passesPerSecond = done.passes / (done.seconds - paused);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { passesPerSecond, ratio: passesPerSecond / mean };
}
