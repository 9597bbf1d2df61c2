import type { Graph, Node } from './graph.ts';

/** Gives names to what moves from a subgraph, or a function, into the graph around it. */
export interface Names {
  /** The wanted name, with a number behind it where it is taken. */
  claim(wanted: string): string;
  /** The name itself, where nothing else in the whole graph has it; else one of its own. */
  keep(name: string): string;
}

/** ONNX Runtime wants the names of nodes to be unique too; they may equal those of values. */
export interface GraphNames {
  readonly values: Names;
  readonly nodes: Names;
}

/** The names in a graph and in all subgraphs of it. */
export const namesOf = (graph: Graph): GraphNames => ({
  values: namesAmong(definitions(graph)),
  nodes: namesAmong(nodeNames(graph)),
});

function namesAmong(taken: Iterable<string>): Names {
  const counts = new Map<string, number>();
  for (const name of taken) counts.set(name, (counts.get(name) ?? 0) + 1);
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

function* nodeNames(graph: Graph): Generator<string> {
  for (const node of graph.nodes) {
    yield node.name;
    for (const inner of subgraphs(node)) yield* nodeNames(inner);
  }
}

/** The graphs in a node's attributes. */
export const subgraphs = (node: Node): Graph[] =>
  Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []));

/** The nodes with some values under other names. */
export function renamed(nodes: readonly Node[], names: ReadonlyMap<string, string>): readonly Node[] {
  const own = (name: string) => names.get(name) ?? name;
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map(own), outputs: node.outputs.map(own) }));
}
