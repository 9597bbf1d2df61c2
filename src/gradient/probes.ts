import { createBuilder } from '../onnx/builder.ts';
import { extend } from '../onnx/extend.ts';
import type { Graph } from '../onnx/graph.ts';
import { prune } from '../onnx/prune.ts';

/**
 * The graph whose only output [N, values] has a number for each of some float32 values: 0 where all its elements are finite, as
 * x · 0 is no number for an infinite x. ONNX Runtime (1.30) begins with the node that was added last; as that probes the first value,
 * each is probed as soon as it is computed and need not be kept: 156 MB instead of 1464 for a chain of 40.
 */
export function withProbes(graph: Graph, input: string, values: readonly string[]): { graph: Graph; output: string } {
  const b = createBuilder('probe/');
  const [zero, first] = [b.constant('float32', 0), b.constant('int64', [0])];
  const probes = values.toReversed().map((value) => {
    const total = b.op('ReduceSum', [b.op('Mul', [value, zero])], { keepdims: 0 });
    return b.op('Unsqueeze', [total, first]);
  });
  const batch = b.op('Shape', [input], { start: 0, end: 1 });
  const shape = b.op('Concat', [batch, b.constant('int64', [values.length])], { axis: 0 });
  const last = values.length - 1;
  const inOrder = b.constant(
    'int64',
    values.map((_, at) => last - at),
  );
  const numbers = b.op('Gather', [b.op('Concat', probes, { axis: 0 }), inOrder]);
  const output = b.op('Expand', [numbers, shape]);
  const outputs = [{ name: output, type: 'float32', shape: ['N', values.length] } as const];
  return { graph: prune(extend(graph, b, { outputs }), [output]), output };
}
