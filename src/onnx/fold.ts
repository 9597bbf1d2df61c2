/**
 * What can be told before the model runs need not be computed while it runs: an If with a constant condition, a Loop or Scan
 * of a few rounds, and arithmetic on shapes. What the file claims of its shapes is not believed here, only what follows.
 */
import { constantOf } from './constants.ts';
import type { ControlFlow, Folding } from './folding/control-flow.ts';
import { If } from './folding/if.ts';
import { Loop } from './folding/loop.ts';
import { Scan } from './folding/scan.ts';
import type { Constant, Graph, Node, Shape } from './graph.ts';
import { inferNode, knownConstant } from './infer-node.ts';
import { namesOf, subgraphs } from './names.ts';
import { prune } from './prune.ts';
import type { Known } from './shapes/rule.ts';
import { splice } from './splice.ts';

export const CONTROL_FLOW: { readonly [operator: string]: ControlFlow } = { If, Loop, Scan };

/** Loops in loops multiply; no more nodes than this come of them. */
const MOST_NODES = 20_000;

type InputShapes = { readonly [input: string]: Shape };

/**
 * A graph of the internal opset that computes the same, with plain nodes in the place of If, Loop and Scan where that is
 * possible, and constants in the place of shape arithmetic. Values keep their names.
 * @param inputShapes shapes that take the place of the inputs' own, by input name
 * @example
 * const graph = fold(upgrade(await readGraph('scripted.onnx')));
 */
export function fold(graph: Graph, inputShapes: InputShapes = {}): Graph {
  return foldOnce(graph, inputShapes).graph;
}

/** The If, Loop and Scan nodes of a folded graph, with the reason why they could not become plain nodes. */
export function whyLeft(graph: Graph): ReadonlyMap<Node, string> {
  return foldOnce(graph, {}).left;
}

function foldOnce(graph: Graph, inputShapes: InputShapes): { graph: Graph; left: ReadonlyMap<Node, string> } {
  const constants = new Map(graph.constants);
  const values = new Map(graph.values);
  const known = new Map<string, Known>([
    ...graph.inputs.map(({ name, type, shape }) => [name, { type, shape: inputShapes[name] ?? shape }] as const),
    ...Array.from(constants, ([name, constant]) => [name, knownConstant(constant)] as const),
  ]);
  const names = namesOf(graph);
  const kept = new Set(graph.outputs.map(({ name }) => name));
  const left = new Map<Node, string>();
  let room = MOST_NODES;

  function addConstant(name: string, constant: Constant): void {
    constants.set(name, constant);
    known.set(name, knownConstant(constant));
  }

  const folding: Folding = {
    shapeOf: (value) => known.get(value)?.shape,
    number(value) {
      const content = known.get(value)?.content;
      return content?.length === 1 && typeof content[0] === 'number' ? content[0] : undefined;
    },
    claim: names.values.claim,
    constant(name, type, values, shape = []) {
      const own = names.values.claim(name);
      addConstant(own, constantOf(type, values, shape));
      return own;
    },
    inline(inner, inputs, outputs, prefix) {
      const size = sizeOf(inner);
      if (size > room) return undefined;
      room -= size;
      const spliced = splice(inner, { inputs, outputs, names, prefix });
      for (const [name, constant] of spliced.constants) addConstant(name, constant);
      for (const [name, value] of spliced.values) values.set(name, value);
      return visitAll(spliced.nodes);
    },
    visitAll,
  };

  function visitAll(nodes: readonly Node[]): readonly Node[] {
    return nodes.flatMap(visit);
  }

  /** The nodes that stay of one. */
  function visit(node: Node): readonly Node[] {
    if (node.domain === '' && Object.hasOwn(CONTROL_FLOW, node.op)) {
      const plain = CONTROL_FLOW[node.op]!(node, folding);
      if (typeof plain !== 'string') return plain;
      left.set(node, plain);
    }
    const results = inferNode(node, known);
    for (const [at, name] of node.outputs.entries()) if (name && results[at]) known.set(name, results[at]);
    const [name, ...others] = node.outputs.filter(Boolean);
    const constant = others.length === 0 && name && !kept.has(name) ? asConstant(known.get(name)) : undefined;
    if (!constant) return [node];
    constants.set(name!, constant);
    return [];
  }

  const folded = { ...graph, nodes: visitAll(graph.nodes), constants, values };
  return {
    graph: prune(
      folded,
      graph.outputs.map(({ name }) => name),
    ),
    left,
  };
}

/** The tensor, where all its elements are known. */
function asConstant(known: Known | undefined): Constant | undefined {
  const { type, shape, content } = known ?? {};
  const whole = type === 'int64' || type === 'int32';
  if ((!whole && type !== 'bool' && type !== 'float32') || !content || !isFixed(shape)) return undefined;
  const holds = whole ? Number.isSafeInteger : Number.isFinite;
  const numbers = content.filter((element) => typeof element === 'number' && holds(element));
  const size = shape.reduce((product, length) => product * length, 1);
  return numbers.length === size && content.length === size ? constantOf(type, numbers as number[], shape) : undefined;
}

const isFixed = (shape: Shape | undefined): shape is readonly number[] =>
  shape?.every((length) => typeof length === 'number') ?? false;

/** How many nodes a graph has, those of its subgraphs too. */
const sizeOf = ({ nodes, constants }: Graph): number =>
  nodes.reduce(
    (total, node) => total + 1 + subgraphs(node).reduce((inner, graph) => inner + sizeOf(graph), 0),
    constants.size,
  );
