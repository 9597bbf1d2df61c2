import type { Graph } from '../onnx/graph.ts';

/** Keeps what is made of a graph, by a name, as long as the graph is held: workers keep a session for each as well. */
export function keeper<Made>(): (graph: Graph, name: string, make: () => Made) => Made {
  const kept = new WeakMap<Graph, Map<string, Made>>();
  return (graph, name, make) => {
    const ofGraph = kept.get(graph) ?? new Map<string, Made>();
    kept.set(graph, ofGraph);
    const made = ofGraph.get(name) ?? make();
    ofGraph.set(name, made);
    return made;
  };
}
