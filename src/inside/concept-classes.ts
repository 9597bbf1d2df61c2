/** What the rest of a model makes of a vector of channels that stands in every cell of a layer. */
import type { RunOptions } from '../core/predictor.ts';
import { probabilities } from '../core/score.ts';
import { labelOf, type Target } from '../core/target.ts';
import { sharedTensor, sizeOf } from '../core/tensor.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { graphSource } from '../gradient/graph-source.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { behind } from '../onnx/behind.ts';
import type { GraphSource } from '../workers/task.ts';
import { keeper } from './kept.ts';
import { type LayerAt, layerShape } from './layer-at.ts';

const kept = keeper<GraphSource>();

/** For each vector [channels] the classes, the most probable first. @throws `ERR_LAYER` where a branch goes around the layer */
export async function conceptClasses(
  model: Differentiable,
  at: LayerAt,
  vectors: readonly Float64Array[],
  run: RunOptions,
): Promise<Target[][]> {
  const { layer, cells } = at;
  const shape = layerShape(model, at);
  const stride = sizeOf(shape.slice(cells.channels + 1));
  const pictures = sharedTensor([vectors.length, ...shape]);
  const size = sizeOf(shape);
  for (const [index, vector] of vectors.entries()) {
    for (let place = 0; place < size; place++) {
      pictures.data[index * size + place] = vector[Math.floor(place / stride) % vector.length]!;
    }
  }
  const picture = { data: pictures.data.subarray(0, size), shape };
  const scene = { picture, baseline: picture, pictures };
  const rows = vectors.map(
    (_, index) => ({ recipe: { kind: 'picture', at: index }, target: 0, weight: 1, group: index }) as const,
  );
  const source = kept(model.graph, layer, () => {
    const { graph, value } = batchFirst(model.graph, layer, cells.batch);
    const rest = behind(graph, value, model.output);
    return graphSource({ ...model, input: value, layout: 'nchw' }, rest, `what is behind '${layer}'`);
  });
  const { values } = await model.sums(source, scene, rows, { outputs: [model.output], ...run });
  return values.map(([logits]) =>
    Array.from(probabilities(logits!, model.activation), (probability, index) => ({
      index,
      label: labelOf(model.labels, index),
      probability,
    })).sort((a, b) => b.probability - a.probability || a.index - b.index),
  );
}
