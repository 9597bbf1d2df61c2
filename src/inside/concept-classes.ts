/** What the rest of a model makes of a vector of channels that stands in every cell of a layer. */
import { expected } from '../core/errors.ts';
import type { RunOptions } from '../core/predictor.ts';
import { probabilities } from '../core/score.ts';
import { labelOf, type Target } from '../core/target.ts';
import { sharedTensor, sizeOf } from '../core/tensor.ts';
import type { CamLayer } from '../gradient/cam/layers.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { graphSource } from '../gradient/graph-source.ts';
import { keeper } from '../gradient/keeper.ts';
import { layerCells } from '../gradient/layer-cells.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { behind } from '../onnx/behind.ts';
import type { GraphSource } from '../workers/task.ts';
import { layerAt, layerShape } from './layer-at.ts';

const kept = keeper<GraphSource>();

/**
 * The layer of a name; without one, the layer that CAMs take if all the rest of the model goes through it, else the last one that it
 * does go through: in a transformer, what comes out of the last block.
 * @throws `ERR_LAYER` where there is none, or a branch goes around it
 */
export function conceptLayer(model: Differentiable, name: string | undefined): CamLayer {
  const { graph, input, output, layout } = model;
  const isPassed = (layer: string) => behind(graph, layer, output) !== undefined;
  const at = layerAt(model, name);
  if (isPassed(at.layer)) return at;
  const last = [...layerCells(graph, input, output, layout)].findLast(([layer]) => isPassed(layer));
  if (name === undefined && last) return { layer: last[0], cells: last[1] };
  const wanted = 'a layer that all the rest of the model goes through';
  const advice = last ? `The last such layer is '${last[0]}'.` : '';
  throw expected('ERR_LAYER', `layer '${at.layer}'`, wanted, 'one that a branch goes around', advice);
}

/** For each vector [channels] the classes, the most probable first. */
export async function conceptClasses(
  model: Differentiable,
  at: CamLayer,
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
    const rest = behind(graph, value, model.output)!;
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
