/** How well this thread answers while the workers are at it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Model } from '../src/model.ts';
import type { Work } from './works.ts';

export type Response = {
  readonly passesPerSecond: number;
  /** The longest that a timer waited. */
  readonly maxDelayMs: number;
  /** From the call to its first report of progress; 0 where there was none. */
  readonly firstPartialSeconds: number;
};

const RESOLUTION_MS = 1;

export async function measureResponse(work: Work, model: Model, signal: AbortSignal | undefined): Promise<Response> {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const begin = performance.now();
  let first: number | undefined;
  const onProgress = () => {
    first ??= performance.now();
  };
  delays.enable();
  const passesPerSecond = await work(model, { signal, onProgress });
  delays.disable();
  return {
    passesPerSecond,
    maxDelayMs: Math.max(0, delays.max / 1e6 - RESOLUTION_MS),
    firstPartialSeconds: ((first ?? begin) - begin) / 1000,
  };
}
