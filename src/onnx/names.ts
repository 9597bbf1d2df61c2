import type { Graph, Node } from './graph.ts';

/** Gives names to values that move from a subgraph, or a function, into the graph around it. */
export interface Names {
  /** The wanted name, with a number behind it where it is taken. */
  claim(wanted: string): string;
  /** The name itself, where it means one value in the whole graph; else one of its own. */
  keep(name: string): string;
}

/** The names of a graph and of all subgraphs in it. */
export function namesOf(graph: Graph): Names {
  const counts = new Map<string, number>();
  for (const name of definitions(graph)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const lastNumber = new Map<string, number>();

  function claim(wanted: string): string {
    let name = wanted;
    for (let number = lastNumber.get(wanted) ?? 2; counts.has(name); number++) {
      name = `${wanted}_${number}`;
      lastNumber.set(wanted, number);
    }
    counts.set(name, 1);
    return name;
  }
  return { claim, keep: (name) => (counts.get(name) === 1 ? name : claim(name)) };
}

function* definitions(graph: Graph): Generator<string> {
  for (const { name } of graph.inputs) yield name;
  yield* graph.constants.keys();
  for (const node of graph.nodes) {
    yield* node.outputs;
    for (const inner of subgraphs(node)) yield* definitions(inner);
  }
}

/** The graphs in a node's attributes. */
export const subgraphs = (node: Node): Graph[] =>
  Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []));
