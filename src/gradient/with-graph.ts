import { scoresOf } from '../core/score.ts';
import type { Graph } from '../onnx/graph.ts';
import type { GraphSource, Row } from '../workers/task.ts';
import type { Differentiable } from './differentiable.ts';
import { graphSource } from './graph-source.ts';

/**
 * A model that has another graph in the place of its own, for a while: same operators and names, other weights. It runs in the
 * model's pool, whose workers let it go when they meet the next one.
 * @param series what it is told apart by
 */
export function withGraph(model: Differentiable, graph: Graph, series: string): Differentiable {
  const inSeries = (source: GraphSource): GraphSource => ({
    ...source,
    key: `${series}/${source.key}`,
    series,
  });
  const sums: Differentiable['sums'] = (source, ...request) => model.sums(inSeries(source), ...request);
  /** [recipes][classes] */
  const logitsOf: (...call: Parameters<Differentiable['predict']>) => Promise<Float64Array[]> = async (
    scene,
    recipes,
    run,
  ) => {
    const rows = recipes.map((recipe, group): Row => ({ recipe, target: 0, weight: 1, group }));
    const { signal, onProgress } = run;
    const { values } = await sums(forward, scene, rows, { outputs: [model.output], signal, onProgress });
    return values.map(([logits]) => logits!);
  };
  // Only what is listed: what else the model does, it does with its own weights.
  const { input, layout, output, weights, labels, activation } = model;
  const changed: Differentiable = {
    ...{ graph, input, layout, output, weights, labels, activation, sums },
    prepare: (image) => model.prepare(image),
    ablations: (cut, ...request) =>
      model.ablations({ ...cut, head: inSeries(cut.head), tail: inSeries(cut.tail) }, ...request),
    async predict(scene, recipes, request) {
      const rows = await logitsOf(scene, recipes, request);
      const scores = rows.flatMap((row) => scoresOf(row, request.targets, request.score, activation));
      return { values: Float64Array.from(scores), forwardPasses: recipes.length };
    },
    async logits(picture, run = {}) {
      const request = { targets: [], score: 'logit', ...run } as const;
      const [logits] = await logitsOf({ picture, baseline: picture }, [{ kind: 'original' }], request);
      return logits!;
    },
  };
  const forward = graphSource(changed, graph, 'forward');
  return changed;
}
