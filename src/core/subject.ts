import { checkChoice } from './check.ts';
import type { Classifier, Picture, Prepared, RunOptions } from './predictor.ts';
import { probabilities, type ScoreKind } from './score.ts';
import { labelOf, resolveTarget, type Target } from './target.ts';

/** Which classes to explain, and which of their scores. */
export interface TargetOptions extends RunOptions {
  /** One class: the call returns one attribution. Default: the predicted class. */
  readonly target?: number | string | undefined;
  /** Several classes from the same passes: the call returns one attribution for each. */
  readonly targets?: readonly (number | string)[] | undefined;
  /** Default: the probability for LIME, RISE and KernelSHAP, the logit for all other methods. */
  readonly score?: ScoreKind | undefined;
}

/** A picture ready to be explained: prepared, classified, its targets found. */
export interface Subject extends Prepared {
  readonly targets: readonly Target[];
  readonly scoreKind: ScoreKind;
  /** The score of each target on the unperturbed picture. */
  readonly scores: readonly number[];
  /** How many classes the model tells apart. */
  readonly classes: number;
}

/** Prepares a picture and classifies it. */
export const subjectOf = async (
  model: Classifier,
  image: Picture,
  options: TargetOptions,
  defaultScore: ScoreKind,
): Promise<Subject> => classified(model, await model.prepare(image), options, defaultScore);

/** Runs the model on a picture once and finds the classes that are to be explained. */
export async function classified(
  model: Classifier,
  prepared: Prepared,
  options: TargetOptions,
  defaultScore: ScoreKind,
): Promise<Subject> {
  const logits = await model.logits(prepared.picture, { signal: options.signal });
  const probability = probabilities(logits, model.activation);
  const wanted = options.targets ?? [options.target ?? logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))];
  const scoreKind = checkChoice(options.score ?? defaultScore, 'score', ['logit', 'probability']);
  const targets = wanted.map((name) => {
    const index = resolveTarget(name, model.labels, logits.length);
    return { index, label: labelOf(model.labels, index), probability: probability[index]! };
  });
  const scores = targets.map(({ index }) => (scoreKind === 'logit' ? logits : probability)[index]!);
  return { ...prepared, targets, scoreKind, scores, classes: logits.length };
}
