import { checkInteger } from './check.ts';
import type { Classifier, Picture, RunOptions } from './predictor.ts';
import { probabilities } from './score.ts';
import { labelOf, type Target } from './target.ts';

export interface ClassifyOptions extends RunOptions {
  /** How many classes, at most; `Infinity` for all. Default: 5. */
  readonly top?: number | undefined;
}

/** The most probable classes of a picture, the first one first. */
export async function classify(model: Classifier, image: Picture, options: ClassifyOptions = {}): Promise<Target[]> {
  const top = options.top === Infinity ? Infinity : checkInteger(options.top ?? 5, 'top', 1);
  const { picture } = await model.prepare(image);
  const logits = await model.logits(picture, { signal: options.signal });
  return Array.from(probabilities(logits, model.activation), (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, top)
    .map(({ index, probability }) => ({ index, label: labelOf(model.labels, index), probability }));
}
