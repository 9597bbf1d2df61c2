import type { Graph, Node, Value } from '../../onnx/graph.ts';
import { namesOf } from '../../onnx/names.ts';

export interface BesideReference {
  readonly graph: Graph;
  /** The added input, of the picture's shape. */
  readonly reference: string;
  /** A value as it is for the reference; the value itself, where it does not depend on the picture. */
  readonly counterpart: (value: string) => string;
}

/** The graph with a second copy of everything that depends on the picture, which is fed a reference in its place. */
export function besideReference(graph: Graph, input: string): BesideReference {
  const names = namesOf(graph);
  const copies = new Map<string, string>();
  const copied = (value: string) => {
    copies.set(value, names.values.claim(`${value}/reference`));
    return copies.get(value)!;
  };
  const counterpart = (value: string) => copies.get(value) ?? value;
  const picture = graph.inputs.find(({ name }) => name === input)!;
  const reference = copied(input);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!node.inputs.some((value) => copies.has(value))) return [node];
    const copy = {
      ...node,
      name: names.nodes.claim(`${node.name}/reference`),
      inputs: node.inputs.map(counterpart),
      outputs: node.outputs.map((value) => value && copied(value)),
    };
    return [node, copy];
  });
  const values = [...copies].flatMap(([value, copy]): [string, Value][] => {
    const known = graph.values.get(value);
    return known ? [[copy, { ...known, name: copy }]] : [];
  });
  return {
    graph: {
      ...graph,
      inputs: [...graph.inputs, { ...picture, name: reference }],
      nodes,
      values: new Map([...graph.values, ...values]),
    },
    reference,
    counterpart,
  };
}
