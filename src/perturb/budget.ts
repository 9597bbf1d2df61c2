/** A limit in time. */
import { expected } from '../core/errors.ts';

export interface Budget {
  /** Aborts when time is up. */
  readonly late: () => AbortSignal;
  /** For how many more samples, in pairs, there is time, going by how long those took since the last call. */
  readonly affordable: (used: number) => number;
}

/** What of it samples may take; the rest is for making a result of them. */
const FOR_SAMPLES = 0.95;

/**
 * @param begin from when on it counts, by `performance.now()`
 * @param budget seconds, or `2s`, `500ms`, `1m`
 * @throws `ERR_OPTION` where it is no time
 */
export function startBudget(budget: number | string, begin: number): Budget {
  const end = begin + FOR_SAMPLES * 1000 * secondsOf(budget);
  let last = { used: 0, time: performance.now() };
  return {
    late: () => AbortSignal.timeout(Math.max(0, Math.ceil(end - performance.now()))),
    affordable(used) {
      const now = performance.now();
      const each = (now - last.time) / (used - last.used);
      last = { used, time: now };
      return 2 * Math.max(0, Math.floor((end - now) / each / 2));
    },
  };
}

const UNITS: { readonly [unit: string]: number } = { '': 1, s: 1, ms: 0.001, m: 60, min: 60 };

function secondsOf(budget: number | string): number {
  const [, amount, unit = ''] = /^\s*([\d.]+)\s*([a-z]*)\s*$/.exec(String(budget)) ?? [];
  const seconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw expected(
    'ERR_OPTION',
    'budget',
    'a time above 0 such as 2s, 500ms or 1m, or a count as 340 samples',
    `'${budget}'`,
  );
}
