/** What several methods need of one picture is made once: its tensor, its logits, and gradients on the unperturbed picture. */
import type { Classifier, Picture } from '../core/predictor.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import type { GraphSource, Sums } from '../workers/task.ts';

/**
 * The model for several methods on one picture. Each still reports the passes that it would need alone. A function has no
 * graph: gradient methods refuse it before they ask for sums.
 */
export async function sharedPasses(classifier: Classifier, image: Picture): Promise<Differentiable> {
  const model = classifier as Differentiable;
  const prepared = await model.prepare(image);
  let logits: ReturnType<Differentiable['logits']> | undefined;
  const kept = new Map<GraphSource, Map<string, Promise<Sums>>>();

  const shared: Pick<Differentiable, 'prepare' | 'logits' | 'sums'> = {
    prepare: async () => prepared,
    logits: (picture, options) => {
      if (picture !== prepared.picture) return model.logits(picture, options);
      return (logits ??= model.logits(picture, options));
    },
    async sums(source, scene, rows, request) {
      const isUnperturbed =
        scene.picture === prepared.picture && rows.every(({ recipe }) => recipe.kind === 'original');
      const isKept = source.reference === undefined && source.series === undefined;
      if (!isUnperturbed || !isKept) return model.sums(source, scene, rows, request);
      const ofSource = kept.get(source) ?? new Map<string, Promise<Sums>>();
      kept.set(source, ofSource);
      const key = JSON.stringify([rows, request.outputs, request.powers]);
      const known = ofSource.get(key);
      if (!known) {
        const made = model.sums(source, scene, rows, request);
        ofSource.set(key, made);
        return made;
      }
      const sums = await known;
      request.signal?.throwIfAborted();
      request.onProgress?.({ done: rows.length, total: rows.length });
      return sums;
    },
  };
  return Object.assign(Object.create(model), shared);
}
