import type { Attribution } from './attribution.ts';
import type { Classifier, Picture } from './predictor.ts';
import type { ScoreKind } from './score.ts';
import { type Subject, subjectOf, type TargetOptions } from './subject.ts';

/** An explainer: one attribution for `target` (default: the predicted class), or one for each of `targets`. */
export interface Explainer<Model extends Classifier, Options, Result extends Attribution> {
  (
    model: Model,
    image: Picture,
    options: Options & TargetOptions & { targets: readonly (number | string)[] },
  ): Promise<Result[]>;
  (model: Model, image: Picture, options?: Options & TargetOptions): Promise<Result>;
}

/** What a method adds to what all attributions carry. */
export type Found<Result extends Attribution> = Omit<Result, keyof SharedFields>;
type SharedFields = Pick<Attribution, 'method' | 'target' | 'scoreKind' | 'score' | 'seconds' | 'view' | 'inputSize'>;

/**
 * Makes an explainer of a method that explains all targets of a subject at once.
 * `run` returns for each target, in order, what the method found; the fields all methods share are filled in here.
 */
export function explainer<Model extends Classifier, Options extends object, Result extends Attribution>(
  method: string,
  defaultScore: ScoreKind,
  run: (model: Model, subject: Subject, options: Options & TargetOptions) => Promise<Found<Result>[]>,
): Explainer<Model, Options, Result> {
  async function explain(model: Model, image: Picture, options = {} as Options & TargetOptions) {
    const begin = performance.now();
    const subject = await subjectOf(model, image, options, defaultScore);
    const found = await run(model, subject, options);
    const seconds = (performance.now() - begin) / 1000;
    const [height, width] = subject.picture.shape.slice(1) as [number, number];
    const results = found.map(
      (result, at) =>
        ({
          ...result,
          method,
          target: subject.targets[at]!,
          scoreKind: subject.scoreKind,
          score: subject.scores[at]!,
          seconds,
          view: subject.view,
          inputSize: [height, width],
        }) as unknown as Result,
    );
    return options.targets ? results : results[0]!;
  }
  return explain as Explainer<Model, Options, Result>;
}
