import type { Graph } from '../onnx/graph.ts';
import { keeper } from './keeper.ts';

/** Remembers what is found in a graph, for each set of names asked about, as long as the graph is held. */
export function perGraph<Names extends readonly string[], Found>(
  find: (graph: Graph, ...names: Names) => Found,
): (graph: Graph, ...names: Names) => Found {
  const kept = keeper<Found>();
  return (graph, ...names) => kept(graph, names.join('\n'), () => find(graph, ...names));
}
