import type { Builder } from './builder.ts';
import type { Graph, Value } from './graph.ts';

/** What a graph gains besides nodes: further inputs, and outputs in place of its own. */
export interface Extension {
  readonly inputs?: readonly Value[];
  readonly outputs?: readonly Value[];
}

/**
 * The graph with a builder's nodes after its own. Operator sets that only the new nodes use come in at version 1.
 * @example
 * const b = createBuilder('halved/');
 * const half = b.op('Mul', ['logits', b.constant('float32', 0.5)]);
 * const extended = extend(graph, b, { outputs: [{ name: half, type: 'float32', shape: ['N', 1000] }] });
 */
export function extend(
  graph: Graph,
  builder: Builder,
  { inputs = [], outputs = graph.outputs }: Extension = {},
): Graph {
  const added = builder.nodes.map(({ domain }) => [domain, 1] as const);
  return {
    ...graph,
    opsets: new Map([...added, ...graph.opsets]),
    inputs: [...graph.inputs, ...inputs],
    outputs,
    nodes: [...graph.nodes, ...builder.nodes],
    constants: new Map([...graph.constants, ...builder.constants]),
  };
}
