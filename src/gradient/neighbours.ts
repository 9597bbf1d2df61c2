import { consumers, type Graph, type Node, producers } from '../onnx/graph.ts';

/** What a rule may ask about the nodes around its own. */
export interface Neighbours {
  /** The node that computes a value. */
  maker(value: string): Node | undefined;
  /** The only node that reads a value which nobody else asks for. */
  soleReader(value: string): Node | undefined;
}

export function neighboursIn(graph: Graph, asked: readonly string[]): Neighbours {
  const [made, readers] = [producers(graph), consumers(graph)];
  return {
    maker: (value) => made.get(value),
    soleReader(value) {
      const [reader, ...others] = readers.get(value) ?? [];
      return others.length > 0 || asked.includes(value) ? undefined : reader;
    },
  };
}
