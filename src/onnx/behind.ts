import { type Graph, type Node, producers, readBy } from './graph.ts';

/**
 * The part of a graph behind a value, which becomes its input; undefined where something else that depends on the graph's inputs
 * reaches the output around the value.
 * @example
 * const classifier = behind(graph, 'layer4_relu', 'logits');
 */
export function behind(graph: Graph, value: string, output: string): Graph | undefined {
  const made = producers(graph);
  const needed = new Set<Node>();
  const waiting = [output];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === value) continue;
    if (graph.inputs.some((input) => input.name === name)) return undefined;
    const node = made.get(name);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    waiting.push(...readBy(node));
  }
  const read = new Set([...needed].flatMap(readBy));
  const known = graph.values.get(value);
  return {
    ...graph,
    inputs: [{ name: value, type: known?.type ?? 'float32', shape: known?.shape }],
    outputs: graph.outputs.filter(({ name }) => name === output),
    nodes: graph.nodes.filter((node) => needed.has(node)),
    constants: new Map([...graph.constants].filter(([name]) => read.has(name))),
  };
}
