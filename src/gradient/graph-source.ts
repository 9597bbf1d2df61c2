import type { Graph } from '../onnx/graph.ts';
import { writeModel } from '../onnx/write.ts';
import type { GraphSource } from '../workers/task.ts';
import type { Differentiable } from './differentiable.ts';

/** A graph made of a model's, for the pool: it is fed the same picture, and finds the same external data files. */
export function graphSource(
  { input, layout, weights }: Differentiable,
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
    ...(typeof batch === 'number' ? { fixedBatch: batch } : {}),
  };
}
