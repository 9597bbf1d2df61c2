/** How well this thread answers while the workers are at it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Work } from './works.ts';

export type Response = {
  /** The longest that a timer waited. */
  readonly maxDelayMs: number;
  /** From the first call to its first report of progress; 0 where there was none. */
  readonly firstPartialSeconds: number;
};

const RESOLUTION_MS = 10;

/** The same work, and what was seen of this thread whenever it was done. */
export function watching(work: Work): { readonly work: Work; readonly response: () => Response } {
  let maxDelayMs = 0;
  let firstPartialSeconds: number | undefined;
  return {
    async work(model, run) {
      const begin = performance.now();
      const onProgress = () => {
        firstPartialSeconds ??= (performance.now() - begin) / 1000;
      };
      const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      delays.enable();
      const done = await work(model, { ...run, onProgress });
      delays.disable();
      maxDelayMs = Math.max(maxDelayMs, delays.max / 1e6 - RESOLUTION_MS);
      return done;
    },
    response: () => ({ maxDelayMs, firstPartialSeconds: firstPartialSeconds ?? 0 }),
  };
}
