import type { Graph } from '../onnx/graph.ts';

/** Remembers what is found in a graph, for each set of names asked about, as long as the graph is held. */
export function perGraph<Names extends readonly string[], Found>(
  find: (graph: Graph, ...names: Names) => Found,
): (graph: Graph, ...names: Names) => Found {
  const remembered = new WeakMap<Graph, Map<string, Found>>();
  return (graph, ...names) => {
    const ofGraph = remembered.get(graph) ?? new Map<string, Found>();
    remembered.set(graph, ofGraph);
    const key = names.join('\n');
    const found = ofGraph.get(key) ?? find(graph, ...names);
    ofGraph.set(key, found);
    return found;
  };
}
