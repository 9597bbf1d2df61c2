import type { Graph } from '../../onnx/graph.ts';
import { stepsFrom } from '../steps-from.ts';

const WEIGHTED: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** The values that are made of the picture alone and without weights: itself, scaled, shifted, laid out anew. */
export function rawValues(graph: Graph, input: string): ReadonlySet<string> {
  const raw = new Set([input]);
  for (const { node, operator, varying } of stepsFrom(graph, input)) {
    const isRaw = !WEIGHTED.has(operator) && varying.every((value) => raw.has(value));
    if (isRaw) for (const value of node.outputs) raw.add(value);
  }
  return raw;
}
