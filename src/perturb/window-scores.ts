/** Scores of windows: from what each changes where that pays, else pass by pass; and how far the two lie apart. */
import type { Predictor, RunOptions } from '../core/predictor.ts';
import { partOf } from '../core/progress.ts';
import type { Scene, WindowRecipe } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { type Grid, type Refined, refined, type Steps } from './refinement.ts';
import { scoresUnder } from './scores-under.ts';

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

/** Scores for each target, the same in number as the windows. */
export interface WindowScores extends Refined {
  readonly incremental: boolean;
  readonly forwardPasses: number;
  /** For each target, where it was asked for and there is something to compare. */
  readonly checks?: readonly ExactCheck[];
}

/** Windows on a grid, and how far apart those are that run first. */
export interface Sliding {
  readonly windows: readonly WindowRecipe[];
  readonly grid: Grid;
  readonly steps: Steps;
}

/** @param onRound is shown the scores as they form, where not all windows run at once */
export async function windowScores(
  model: Predictor,
  subject: Subject,
  scene: Scene,
  { windows, grid, steps }: Sliding,
  { incremental = true, exactCheck = false, ...run }: IncrementalOptions & RunOptions,
  onRound?: (soFar: WindowScores) => void,
): Promise<WindowScores> {
  let isIncremental = false;
  let done = 0;
  async function scoresOf(chosen: readonly number[]): Promise<readonly Float64Array[]> {
    const predict: Predictor['predict'] = async (...asked) => {
      const scores = incremental ? await model.predictIncrementally?.(scene, windows, asked[2], chosen) : undefined;
      isIncremental ||= scores !== undefined;
      return scores ?? model.predict(...asked);
    };
    const onProgress = partOf(run.onProgress, done, windows.length);
    const { scores } = await scoresUnder({ predict }, subject, scene, at(windows, chosen), { ...run, onProgress });
    done += chosen.length;
    return scores;
  }
  const described = (found: Refined) => ({
    ...found,
    incremental: isIncremental,
    forwardPasses: found.measured.length,
  });
  const show = onRound && ((soFar: Refined) => onRound(described(soFar)));
  const found = described(await refined(grid, steps, subject.targets.length, scoresOf, show));
  if (!exactCheck || !isIncremental) return found;
  const whole = await scoresUnder(model, subject, scene, at(windows, found.measured), run);
  return {
    ...found,
    forwardPasses: 2 * found.forwardPasses,
    checks: whole.scores.map((scores, target) => checked(at(found.values[target]!, found.measured), scores)),
  };
}

const at = <T>(items: ArrayLike<T>, chosen: readonly number[]): T[] => chosen.map((place) => items[place]!);

function checked(scores: readonly number[], whole: Float64Array): ExactCheck {
  const maxError = whole.reduce((most, score, at) => Math.max(most, Math.abs(score - scores[at]!)), 0);
  const largest = whole.reduce((a, b) => Math.max(a, b), -Infinity);
  const smallest = whole.reduce((a, b) => Math.min(a, b), Infinity);
  return { maxError, scoreRange: largest - smallest };
}
