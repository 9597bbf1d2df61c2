/** What layers hold for one picture, several of them from one forward pass. */
import { expected } from '../core/errors.ts';
import type { Prepared, RunOptions } from '../core/predictor.ts';
import type { Lattice } from '../core/view.ts';
import { evenLattice } from '../gradient/cam/layers.ts';
import type { Differentiable } from '../gradient/differentiable.ts';
import { graphSource } from '../gradient/graph-source.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import { gridSize, planesOf } from '../onnx/cells.ts';
import { prune } from '../onnx/prune.ts';
import type { GraphSource } from '../workers/task.ts';
import { keeper } from './kept.ts';
import type { LayerAt } from './layer-at.ts';

export interface LayerValues extends LayerAt {
  /** [channels · height · width], class and register tokens left out. */
  readonly planes: Float64Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly lattice: Lattice;
}

/** @throws `ERR_NOT_FINITE` where a layer holds NaN or infinity */
export async function layerValues(
  model: Differentiable,
  { picture }: Prepared,
  layers: readonly LayerAt[],
  { signal, onProgress }: RunOptions = {},
): Promise<LayerValues[]> {
  const { source, outputs } = forwardTo(model, layers);
  const row = { recipe: { kind: 'original' }, target: 0, weight: 1, group: 0 } as const;
  const scene = { picture, baseline: picture };
  const { values, shapes } = await model.sums(source, scene, [row], { outputs, signal, onProgress });
  return layers.map((at, index) => {
    const [data, shape] = [values[0]![index]!, shapes[index]!];
    if (!data.every(Number.isFinite)) {
      throw expected('ERR_NOT_FINITE', `layer '${at.layer}'`, 'finite numbers', 'NaN or infinity');
    }
    const [height, width] = gridSize(shape, at.cells);
    const planes = planesOf(data, shape, at.cells);
    const lattice = at.cells.lattice ?? evenLattice(picture.shape.slice(1), [height, width]);
    return { ...at, planes, channels: shape[at.cells.channels]!, height, width, lattice };
  });
}

interface ForwardTo {
  readonly source: GraphSource;
  readonly outputs: readonly string[];
}
const kept = keeper<ForwardTo>();

function forwardTo(model: Differentiable, layers: readonly LayerAt[]): ForwardTo {
  const name = `values of ${JSON.stringify(layers.map(({ layer }) => layer))}`;
  return kept(model.graph, name, () => {
    let graph = model.graph;
    const outputs = layers.map(({ layer, cells }) => {
      const front = batchFirst(graph, layer, cells.batch);
      graph = front.graph;
      return front.value;
    });
    return { source: graphSource(model, prune(graph, outputs), name), outputs };
  });
}
