import type { Graph } from '../../onnx/graph.ts';

export const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** The values that are made of the picture without weights: itself, scaled, shifted, laid out anew. */
export function rawValues(graph: Graph, input: string): ReadonlySet<string> {
  const raw = new Set([input]);
  for (const { op, inputs, outputs } of graph.nodes) {
    if (!WEIGHTED.has(op) && inputs.some((value) => raw.has(value))) for (const value of outputs) raw.add(value);
  }
  return raw;
}
