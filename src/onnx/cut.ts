/** A graph in two parts: all that is computed before a value, and what depends on that value. */
import { type Graph, type Node, readBy, type Value } from './graph.ts';
import { prune } from './prune.ts';

export interface Cut {
  /** Gives the values that cross. */
  readonly head: Graph;
  /** Takes the values that cross, and gives the graph's outputs. */
  readonly tail: Graph;
  /** The value itself, and those beside it that what depends on it also reads. */
  readonly crossing: readonly string[];
}

/**
 * Cuts a graph at a value. Nothing that does not depend on the value is computed behind the cut.
 * @example
 * const { head, tail, crossing } = cut(graph, 'layer3');
 */
export function cut(graph: Graph, value: string): Cut {
  const after = nodesAfter(graph, value);
  const inside = new Set(graph.outputs.map(({ name }) => name));
  const needed = after.toReversed().filter((node) => {
    const isNeeded = node.outputs.some((name) => inside.has(name));
    if (isNeeded) for (const name of readBy(node)) inside.add(name);
    return isNeeded;
  });
  const made = new Set(needed.flatMap(({ outputs }) => outputs));
  const reads = new Set(needed.flatMap(readBy).filter((name) => name && !made.has(name) && !graph.constants.has(name)));
  const pictures = graph.inputs.filter(({ name }) => reads.has(name));
  const copies = new Map(pictures.map(({ name }) => [name, `${name}/crossing`]));
  const crossing = [...new Set([value, ...reads])].map((name) => copies.get(name) ?? name);
  const described = (name: string): Value => {
    const original = [...copies].find(([, copy]) => copy === name)?.[0];
    const known = original ? pictures.find((picture) => picture.name === original) : graph.values.get(name);
    return { ...(known ?? { type: 'float32', shape: undefined }), name };
  };
  const inputs = crossing.map(described);
  const nodes = needed
    .toReversed()
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => copies.get(name) ?? name) }));
  const head = { ...graph, nodes: [...graph.nodes, ...Array.from(copies, copyOf)], outputs: inputs };
  const tail = prune(
    { ...graph, inputs, nodes },
    graph.outputs.map(({ name }) => name),
  );
  return { head: prune(head, crossing), tail, crossing };
}

function nodesAfter(graph: Graph, value: string): Node[] {
  const reached = new Set([value]);
  return graph.nodes.filter((node) => {
    const isAfter = !node.outputs.includes(value) && readBy(node).some((name) => reached.has(name));
    if (isAfter) for (const name of node.outputs) reached.add(name);
    return isAfter;
  });
}

const copyOf = ([from, to]: [string, string]): Node => ({
  op: 'Identity',
  domain: '',
  name: to,
  inputs: [from],
  outputs: [to],
  attributes: {},
});
