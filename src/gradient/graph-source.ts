import { derivedBytes } from '../onnx/derived-bytes.ts';
import type { Graph, Shape } from '../onnx/graph.ts';
import { writeModel } from '../onnx/write.ts';
import type { GraphSource } from '../workers/task.ts';
import type { Differentiable } from './differentiable.ts';

/** A graph made of a model's, for the pool: it is fed the same picture, and finds the same external data files. */
export function graphSource(
  { graph: { values }, input, layout, weights }: Differentiable,
  graph: Graph,
  key: string,
  { target, reference }: { readonly target?: string | undefined; readonly reference?: string | undefined } = {},
): GraphSource {
  const batch = graph.inputs.find(({ name }) => name === input)?.shape?.[0];
  return {
    key,
    model: writeModel(graph, { shared: true }),
    input,
    layout,
    ...(target === undefined ? {} : { target }),
    ...(reference === undefined ? {} : { reference }),
    ...(weights === undefined ? {} : { weights }),
    rowBytes: rowBytes(graph, values),
    ...(derivedBytes(graph) > MOST_DERIVED ? { derivesWeights: true } : {}),
    ...(typeof batch === 'number' ? { fixedBatch: batch } : {}),
  };
}

/** In bytes. LRP's γ rule makes weights of VGG-16's that take six times as much as those; a gradient's are a third of this. */
const MOST_DERIVED = 2 ** 30;

/** ONNX Runtime's arena was seen to take 1.6 times the size of the values in a backward pass of VGG-11. */
const ARENA = 2;

/** What one picture takes while a graph runs that keeps most of its values, as those of a backward pass do. */
function rowBytes({ nodes, values }: Graph, known: Graph['values']): number {
  const names = nodes.flatMap(({ outputs }) => outputs);
  const sizes = names.map((name) => rowSize((values.get(name) ?? known.get(name))?.shape ?? []));
  return sizes.reduce((total, size) => total + size, 0) * Float32Array.BYTES_PER_ELEMENT * ARENA;
}

const rowSize = ([, ...shape]: Shape) =>
  shape.reduce<number>((size, length) => size * (typeof length === 'number' ? length : 1), 1);
