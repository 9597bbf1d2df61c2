import type { ElementType, Graph, Node, Shape } from '../graph.ts';

/** What is known where a node with subgraphs stands, and how its subgraphs become plain nodes. */
export interface Folding {
  shapeOf(value: string): Shape | undefined;
  /** The only element of a value, where it is known. */
  number(value: string): number | undefined;
  /** A name like this one that is free. */
  claim(name: string): string;
  /** A new constant, a scalar where no shape is given, under a name like this one. */
  constant(name: string, type: ElementType, values: readonly number[], shape?: readonly number[]): string;
  /**
   * The nodes of a subgraph, folded themselves, that read `inputs` and give `outputs`; undefined where they would be too many.
   * A prefix makes a copy, of which there may be several.
   */
  inline(
    inner: Graph,
    inputs: readonly string[],
    outputs: readonly string[],
    prefix: string,
  ): readonly Node[] | undefined;
  /** New nodes, folded. */
  visitAll(nodes: readonly Node[]): readonly Node[];
}

/** The nodes that do what a node with subgraphs does, or why there are none. */
export type ControlFlow = (node: Node, folding: Folding) => readonly Node[] | string;

/** A loop of more rounds is left as it is. */
export const MOST_ROUNDS = 64;

export const TOO_MANY_ROUNDS = `it has more than ${MOST_ROUNDS} rounds`;
export const TOO_MANY_NODES = 'its rounds would be too many nodes';

/** A subgraph of a node, by the attribute that holds it. */
export function subgraph(node: Node, name: string): Graph | undefined {
  const attribute = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
  return attribute?.kind === 'graph' ? attribute.value : undefined;
}

/** Before the names inside the copy of one round. */
export const prefixOf = (node: Node, round: number): string =>
  `${node.name || node.outputs.find(Boolean) || node.op}/${round}/`;

/** A node of ONNX's own with one output. */
export const nodeOf = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Node['attributes'] = {},
): Node => ({ op, domain: '', name: '', inputs, outputs: [output], attributes });

/** What the rounds gave, one behind the other along a new axis. */
export function stacked(output: string, rounds: readonly string[], axis: number, folding: Folding): Node[] {
  const axes = folding.constant(`${output}/axes`, 'int64', [axis], [1]);
  const parts = rounds.map((round) => folding.claim(`${round}/part`));
  return [
    ...rounds.map((round, at) => nodeOf('Unsqueeze', [round, axes], parts[at]!)),
    nodeOf('Concat', parts, output, { axis: { kind: 'int', value: axis } }),
  ];
}
