import type { Attribution } from '../core/attribution.ts';
import { type ErrorCode, ExplainError } from '../core/errors.ts';
import type { Classifier, Picture, RunOptions } from '../core/predictor.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { METHODS, type MethodOptions } from './methods.ts';

/** The method of this package that made an attribution, if one did. */
export const methodOf = ({ method }: Attribution): (typeof METHODS)[number] | undefined =>
  METHODS.find(({ name }) => name === method);

/**
 * Attributions made again as they say they were made: by the same methods, with the same options, of the same classes. Those
 * that differ in the class only share their passes. Undefined in the place of one that no method of this package made, or whose
 * method now fails for the reason that is `tolerated`.
 */
export async function explainAgain(
  model: Classifier,
  image: Picture,
  attributions: readonly Attribution[],
  { signal, tolerated }: Pick<RunOptions, 'signal'> & { readonly tolerated?: ErrorCode },
): Promise<(Attribution | undefined)[]> {
  const together = new Map<string, Attribution[]>();
  for (const attribution of attributions) {
    const { method, options, seed, scoreKind } = attribution;
    const key = JSON.stringify([method, options, seed, scoreKind]);
    together.set(key, [...(together.get(key) ?? []), attribution]);
  }
  const made = new Map<Attribution, Attribution>();
  for (const same of together.values()) {
    const method = methodOf(same[0]!);
    if (!method) continue;
    const targets = same.map(({ target }) => target.index);
    try {
      const again = await method.explain(model as Differentiable, image, { ...optionsOf(same[0]!), targets, signal });
      for (const [at, attribution] of same.entries()) made.set(attribution, again[at]!);
    } catch (error) {
      if (!(error instanceof ExplainError) || error.code !== tolerated) throw error;
    }
  }
  return attributions.map((attribution) => made.get(attribution));
}

function optionsOf({ options, seed, scoreKind, segments, inputSize }: Attribution): MethodOptions {
  const isLabelMap = options.segmentation === 'label map' && segments;
  return {
    ...options,
    ...(seed === undefined ? {} : { seed }),
    ...(isLabelMap ? { segmentation: { data: segments, shape: inputSize } } : {}),
    score: scoreKind,
  } as MethodOptions;
}
