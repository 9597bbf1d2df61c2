/** Scores of windows: from what each changes where that pays, else pass by pass; and how far the two lie apart. */
import type { Predictor, RunOptions } from '../core/predictor.ts';
import type { Scene, WindowRecipe } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { type ScoresUnder, scoresUnder } from './scores-under.ts';

export interface IncrementalOptions {
  /**
   * Whether only what a window changes is computed, where arithmetic on the model's graph says that this pays. The scores are the
   * same but for rounding. Default: true.
   */
  readonly incremental?: boolean | undefined;
  /** Whether all windows also run pass by pass, and the difference is reported. Default: false. */
  readonly exactCheck?: boolean | undefined;
}

/** How far incremental scores lie from those of whole passes. */
export interface ExactCheck {
  /** The largest difference, in units of the score. */
  readonly maxError: number;
  /** The largest score of a window less the smallest. */
  readonly scoreRange: number;
}

export interface WindowScores extends ScoresUnder {
  readonly incremental: boolean;
  /** For each target, where it was asked for and there is something to compare. */
  readonly checks?: readonly ExactCheck[];
}

export async function windowScores(
  model: Predictor,
  subject: Subject,
  scene: Scene,
  windows: readonly WindowRecipe[],
  { incremental = true, exactCheck = false, ...run }: IncrementalOptions & RunOptions,
): Promise<WindowScores> {
  let isIncremental = false;
  const predict: Predictor['predict'] = async (...asked) => {
    const scores = incremental ? await model.predictIncrementally?.(scene, windows, asked[2]) : undefined;
    isIncremental = scores !== undefined;
    return scores ?? model.predict(...asked);
  };
  const found = await scoresUnder({ predict }, subject, scene, windows, run);
  if (!exactCheck || !isIncremental) return { ...found, incremental: isIncremental };
  const whole = await scoresUnder(model, subject, scene, windows, run);
  return {
    scores: found.scores,
    forwardPasses: found.forwardPasses + whole.forwardPasses,
    incremental: isIncremental,
    checks: whole.scores.map((scores, at) => checked(found.scores[at]!, scores)),
  };
}

function checked(scores: Float64Array, whole: Float64Array): ExactCheck {
  const maxError = whole.reduce((most, score, at) => Math.max(most, Math.abs(score - scores[at]!)), 0);
  const largest = whole.reduce((a, b) => Math.max(a, b), -Infinity);
  const smallest = whole.reduce((a, b) => Math.min(a, b), Infinity);
  return { maxError, scoreRange: largest - smallest };
}
