import type { Constant, Graph, Node, Shape, Value } from './graph.ts';
import { inferNode, knownConstant } from './infer-node.ts';
import type { Known } from './shapes/rule.ts';

/**
 * Fills `values` with the type and shape of every value of a graph of the internal opset, as far as they can be told
 * before it runs: inputs and constants too, a dynamic batch by its name. Where an operator has no rule, what the file
 * says holds, else the shape stays undefined. Never throws.
 * @param inputShapes shapes that take the place of the inputs' own, by input name
 * @example
 * const shaped = inferShapes(graph, { data: [1, 3, 224, 224] });
 * console.log(shaped.values.get('logits')?.shape); // [1, 1000]
 */
export function inferShapes(graph: Graph, inputShapes: InputShapes = {}): Graph {
  const inference = createInference(graph, inputShapes);
  for (const node of graph.nodes) inference.visit(node);
  return inference.described(graph);
}

export interface InputShapes {
  readonly [name: string]: Shape;
}

/** Shape inference one node at a time, for those who change the nodes on the way. */
export interface Inference {
  readonly known: ReadonlyMap<string, Known>;
  /** Finds out about a node's outputs; its inputs have been told or visited before. */
  visit(node: Node): void;
  tell(name: string, constant: Constant): void;
  /** A graph of the nodes visited, with all that is known of its values. */
  described(graph: Graph): Graph;
}

export function createInference(graph: Graph, inputShapes: InputShapes): Inference {
  const inputs = graph.inputs.map((input) => ({ ...input, shape: inputShapes[input.name] ?? input.shape }));
  const known = new Map<string, Known>(inputs.map((input) => [input.name, input]));
  const stated = new Map([...graph.values, ...graph.outputs.map((output) => [output.name, output] as const)]);
  const inference: Inference = {
    known,
    tell: (name, constant) => known.set(name, knownConstant(constant)),
    visit(node) {
      const inferred = inferNode(node, known);
      for (const [at, name] of node.outputs.entries()) {
        const result = merge(inferred[at], stated.get(name));
        if (name && result) known.set(name, result);
      }
    },
    described(changed) {
      const values = new Map(Array.from(known, ([name, { type, shape }]) => [name, { name, type, shape }]));
      const outputs = changed.outputs.map((output) => values.get(output.name) ?? output);
      return { ...changed, inputs, outputs, values };
    },
  };
  for (const [name, constant] of graph.constants) inference.tell(name, constant);
  return inference;
}

/** What was inferred, completed by what the file says. */
function merge(inferred: Known | undefined, stated: Value | undefined): Known | undefined {
  if (!inferred || !stated) return inferred ?? stated;
  return {
    ...inferred,
    type: inferred.type === 'other' ? stated.type : inferred.type,
    shape: inferred.shape ?? stated.shape,
  };
}
