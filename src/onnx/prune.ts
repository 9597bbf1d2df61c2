import { expected } from '../core/errors.ts';
import { type Graph, producers, readBy, type Value } from './graph.ts';

/**
 * Keeps what `outputs` need, and makes them the outputs. All inputs stay, so that a graph is fed the same whatever it computes.
 * @throws `ERR_MODEL` for an output that the graph does not have.
 * @example
 * const features = prune(graph, ['layer4_relu']);
 */
export function prune(graph: Graph, outputs: readonly string[]): Graph {
  const given = new Set([
    ...producers(graph).keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
  ]);
  const unknown = outputs.find((name) => !given.has(name));
  if (unknown !== undefined) throw expected('ERR_MODEL', 'outputs', 'names of values in the graph', `'${unknown}'`);

  const needed = new Set(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    const kept = node.outputs.some((name) => needed.has(name));
    if (kept) for (const name of readBy(node)) needed.add(name);
    return kept;
  });
  return {
    ...graph,
    outputs: outputs.map((name) => describe(graph, name)),
    nodes: nodes.toReversed(),
    constants: new Map([...graph.constants].filter(([name]) => needed.has(name))),
  };
}

/** What the graph says of a value; at least its name. */
function describe(graph: Graph, name: string): Value {
  const known = graph.outputs.find((output) => output.name === name) ?? graph.values.get(name);
  return known ?? { name, type: 'other', shape: undefined };
}
