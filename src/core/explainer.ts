import type { Attribution } from './attribution.ts';
import { meanwhile } from './meanwhile.ts';
import type { Classifier, Picture, Prepared, RunOptions } from './predictor.ts';
import type { ScoreKind } from './score.ts';
import { classified, type Subject, type TargetOptions } from './subject.ts';

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

/** What a method whose results form over time takes. */
export interface PartialOptions {
  /** Called with the attribution to each target as it stands, several times on the way to the one that is returned. */
  readonly onPartial?: ((attribution: Attribution) => void) | undefined;
}

/** What a method may know of the call that it serves. */
export interface Call<Result extends Attribution, Beside = undefined> {
  /** When it began, by `performance.now()`. */
  readonly begin: number;
  /** Shows what was found so far, where someone wants to see it. */
  readonly publish: ((found: Found<Result>[]) => void) | undefined;
  readonly beside: Beside;
}

/**
 * Makes an explainer of a method that explains all targets of a subject at once.
 * `run` returns for each target, in order, what the method found; the fields all methods share are filled in here.
 * @param workBeside what takes long and does not depend on the targets: it is done while the model classifies the picture
 */
export function explainer<
  Model extends Classifier,
  Options extends object,
  Result extends Attribution,
  Beside = undefined,
>(
  method: string,
  defaultScore: ScoreKind,
  run: (
    model: Model,
    subject: Subject,
    options: Options & TargetOptions,
    call: Call<Result, Beside>,
  ) => Promise<Found<Result>[]>,
  workBeside?: (prepared: Prepared, options: Options & RunOptions) => Promise<Beside>,
): Explainer<Model, Options, Result> {
  async function explain(model: Model, image: Picture, options = {} as Options & TargetOptions) {
    const begin = performance.now();
    const prepared = await model.prepare(image);
    const [subject, beside] = await meanwhile(
      options.signal,
      (signal) => classified(model, prepared, { ...options, signal }, defaultScore),
      async (signal) => workBeside?.(prepared, { ...options, signal }) as Beside,
    );
    const complete = (found: readonly Found<Result>[]) => {
      const seconds = (performance.now() - begin) / 1000;
      const [height, width] = subject.picture.shape.slice(1) as [number, number];
      return found.map(
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
    };
    const { onPartial } = options as PartialOptions;
    const publish = (found: Found<Result>[]) => {
      for (const partial of complete(found)) onPartial?.(partial);
    };
    const results = complete(await run(model, subject, options, { begin, publish: onPartial && publish, beside }));
    return options.targets ? results : results[0]!;
  }
  return explain as Explainer<Model, Options, Result>;
}
