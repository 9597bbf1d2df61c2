import { expected } from '../core/errors.ts';
import type { Predictor, RunOptions } from '../core/predictor.ts';
import type { Recipe, Scene } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';

export interface ScoresUnder {
  /** For each target the score of every recipe [recipes]. */
  readonly scores: readonly Float64Array[];
  readonly forwardPasses: number;
}

/**
 * A subject's scores under recipes.
 * @throws `ERR_NOT_FINITE` where one is NaN or infinite: sums of it would hide that
 */
export async function scoresUnder(
  model: Pick<Predictor, 'predict'>,
  { targets, scoreKind }: Subject,
  scene: Scene,
  recipes: readonly Recipe[],
  { signal, onProgress }: RunOptions,
): Promise<ScoresUnder> {
  const request = { targets: targets.map(({ index }) => index), score: scoreKind, signal, onProgress };
  const { values, forwardPasses } = await model.predict(scene, recipes, request);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const { label } = targets[wrong % targets.length]!;
    const advice = scoreKind === 'logit' ? "Explain the probability instead: score 'probability'." : '';
    const what = `the ${scoreKind} of ${label} on a perturbed picture`;
    throw expected('ERR_NOT_FINITE', what, 'a finite number', values[wrong], advice);
  }
  const scores = targets.map((_, at) => Float64Array.from(recipes, (_, row) => values[row * targets.length + at]!));
  return { scores, forwardPasses };
}
