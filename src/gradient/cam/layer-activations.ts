import { expected } from '../../core/errors.ts';
import type { RunOptions } from '../../core/predictor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { batchFirst } from '../../onnx/batch-first.ts';
import { planesOf } from '../../onnx/cells.ts';
import type { Graph } from '../../onnx/graph.ts';
import { prune } from '../../onnx/prune.ts';
import type { GraphSource } from '../../workers/task.ts';
import type { Differentiable } from '../differentiable.ts';
import { graphSource } from '../graph-source.ts';
import { keeper } from '../keeper.ts';
import { type CamLayer, gridOf, type LayerGrid } from './layers.ts';

export interface LayerActivations extends LayerGrid {
  readonly channels: number;
  /** C planes of height · width, class and register tokens left out. */
  readonly activations: Float64Array;
}

/**
 * What layers hold for a picture, all from one forward pass that ends at the last of them.
 * @throws `ERR_NOT_FINITE` where a layer holds NaN or infinity
 */
export async function layerActivations(
  model: Differentiable,
  picture: Tensor,
  layers: readonly CamLayer[],
  { signal, onProgress }: RunOptions,
): Promise<LayerActivations[]> {
  const { source, outputs } = forwardTo(model, layers);
  const row = { recipe: { kind: 'original' }, target: 0, weight: 1, group: 0 } as const;
  const { values, shapes } = await model.sums(source, { picture, baseline: picture }, [row], {
    outputs,
    signal,
    onProgress,
  });
  return layers.map((at, index) => {
    const [data, shape] = [values[0]![index]!, shapes[index]!];
    if (!data.every(Number.isFinite)) {
      throw expected('ERR_NOT_FINITE', `layer '${at.layer}'`, 'finite numbers', 'NaN or infinity');
    }
    const channels = shape[at.cells.channels]!;
    return { ...gridOf(at, shape, picture), channels, activations: planesOf(data, shape, at.cells) };
  });
}

interface ForwardTo {
  readonly source: GraphSource;
  readonly outputs: readonly string[];
}
const kept = keeper<ForwardTo>();

function forwardTo(model: Differentiable, layers: readonly CamLayer[]): ForwardTo {
  const key = `values of ${JSON.stringify(layers.map(({ layer }) => layer))}`;
  return kept(model.graph, key, () => {
    const { graph, values: outputs } = withBatchFirst(model.graph, layers);
    return { source: graphSource(model, prune(graph, outputs), key), outputs };
  });
}

function withBatchFirst(whole: Graph, layers: readonly CamLayer[]): { graph: Graph; values: string[] } {
  let graph = whole;
  const values = layers.map(({ layer, cells }) => {
    const moved = batchFirst(graph, layer, cells.batch);
    graph = moved.graph;
    return moved.value;
  });
  return { graph, values };
}
