/**
 * Samples in stages, with an estimate after each: results are seen as they form, and sampling ends once the ranking is settled
 * or time is up. Where none of that is asked for all samples are one stage. Without a budget the stages depend on nothing
 * but the number of samples, and so does what comes out.
 */
import { checkInteger, checkNumber } from '../core/check.ts';
import { meanwhile } from '../core/meanwhile.ts';
import type { Predictor, RunOptions } from '../core/predictor.ts';
import { partOf } from '../core/progress.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { type Budget, startBudget } from './budget.ts';
import { inTurns, type Pieces } from './in-turns.ts';
import { scoresUnder } from './scores-under.ts';

export interface AnytimeOptions {
  /**
   * Ends the sampling, before `samples`, once this doubt of the ranking is left: the mean probability that one of the five
   * strongest and any other are in the wrong order, 0 to 0.5. Default: all samples are taken.
   */
  readonly tolerance?: number | undefined;
  /**
   * Ends the sampling, before `samples`, after so long: seconds, or `2s`, `500ms`, `1m`. Or after so many samples whatever the tolerance,
   * `340 samples`: what was ended by time can be made again. Default: no limit.
   */
  readonly budget?: number | string | undefined;
}

/** Their defaults, in words. */
export const ANYTIME_DEFAULTS: { readonly [name in keyof AnytimeOptions]-?: string } = {
  tolerance: 'none, all samples are taken',
  budget: 'none',
};

/** An estimate from the samples so far. */
export interface Estimate<Result> {
  /** How far its ranking is in doubt, 0 to 0.5. */
  readonly doubt: () => Pieces<number>;
  /** With what is to be said of how it came about. */
  readonly result: (remarks: readonly string[]) => Pieces<Result>;
}

export interface Sampling<Result> {
  /** At most. */
  readonly samples: number;
  /** Without these there is no estimate. */
  readonly least: number;
  readonly recipes: (first: number, end: number) => Pieces<Recipe[]>;
  /** What does not depend on scores is worked out while the model runs; the result makes an estimate of scores [targets][used]. */
  readonly prepare: (used: number) => Pieces<(scores: readonly Float64Array[]) => Estimate<Result>>;
}

const FIRST = 100;
/** So many tell how long a sample takes. */
const FEW = 16;
const GROWTH = 1.25;

/** The stage after `used` samples ends where there are a quarter more. */
const stageEnd = (used: number, first: number): number =>
  Math.max(first, used + 10, 10 * Math.ceil((GROWTH * used) / 10));

/** What ends the sampling. */
interface Limits {
  readonly tolerance?: number | undefined;
  readonly budget?: Budget | undefined;
  /** So many samples. */
  readonly end?: number | undefined;
}

/** Checks the limits. Time runs from `begin`. */
export function startLimits({ tolerance, budget }: AnytimeOptions, begin: number): Limits {
  const doubt = tolerance === undefined ? undefined : checkNumber(tolerance, 'tolerance', 0, 0.5);
  const end = /^(\d+) samples$/.exec(String(budget))?.[1];
  if (end !== undefined) return { end: checkInteger(Number(end), 'budget', 1) };
  return { tolerance: doubt, budget: budget === undefined ? undefined : startBudget(budget, begin) };
}

/** Runs the model on samples until there are enough, and gives the last estimate's result. */
export async function inStages<Result>(
  model: Predictor,
  subject: Subject,
  scene: Scene,
  { samples: most, least, recipes, prepare }: Sampling<Result>,
  { tolerance, budget, end: asked = most }: Limits,
  { signal, onProgress }: RunOptions,
  publish?: (result: Result) => void,
): Promise<Result> {
  const samples = Math.min(most, Math.max(least, asked));
  const scores = subject.targets.map(() => new Float64Array(samples));

  async function stage(from: number, end: number, late?: AbortSignal): Promise<Estimate<Result>> {
    const drawn = await inTurns(recipes(from, end), signal);
    const report = partOf(onProgress, from, samples);
    const stop = late && signal ? AbortSignal.any([late, signal]) : (late ?? signal);
    const [taken, estimate] = await meanwhile(
      stop,
      (inner) => scoresUnder(model, subject, scene, drawn, { signal: inner, onProgress: report }),
      (inner) => inTurns(prepare(end), inner),
    );
    for (const [target, ofTarget] of taken.scores.entries()) scores[target]!.set(ofTarget, from);
    return estimate(scores.map((ofTarget) => ofTarget.subarray(0, end)));
  }

  const isWhole = tolerance === undefined && !budget && !publish;
  const first = isWhole ? samples : Math.min(samples, budget ? least : Math.max(least, FIRST));
  let used = first;
  let estimate = await stage(0, used);
  for (;;) {
    const left = tolerance === undefined ? 0 : await inTurns(estimate.doubt(), signal);
    const remarks = left > (tolerance ?? 0) ? [unsettled(left, tolerance!, used)] : [];
    const result = () => inTurns(estimate.result(remarks), signal);
    const isSettled = tolerance !== undefined && left <= tolerance;
    const affordable = budget?.affordable(used) ?? Infinity;
    const end = Math.min(samples, used < FEW ? FEW : Math.min(stageEnd(used, first), used + affordable));
    if (isSettled || end <= used) return result();
    if (publish) publish(await result());
    const late = budget?.late();
    try {
      estimate = await stage(used, end, late);
    } catch (reason) {
      if (!late?.aborted || reason !== late.reason) throw reason;
      return result();
    }
    used = end;
  }
}

const unsettled = (left: number, tolerance: number, used: number) =>
  `The ranking is not settled: after ${used} samples its doubt is ${left.toFixed(3)}, above the tolerance of ${tolerance}. Allow more samples or time.`;
