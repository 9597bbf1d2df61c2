import type { Builder } from '../onnx/builder.ts';
import { numbersOf } from '../onnx/constants.ts';
import type { Graph, Node, Shape } from '../onnx/graph.ts';
import { algebra } from './algebra.ts';
import type { Neighbours } from './neighbours.ts';
import type { RuleContext } from './rule.ts';

/** What the walk knows when it comes to a node. */
export interface Visit {
  readonly graph: Graph;
  readonly node: Node;
  readonly b: Builder;
  readonly neighbours: Neighbours;
  readonly dys: readonly (string | undefined)[];
  readonly wants: (at: number) => boolean;
  /** Switches on an output that the model's node leaves out, and names it. */
  readonly switchOn: (at: number) => string;
}

/** A node as its rule sees it. */
export function ruleContext({ graph, node, b, neighbours, dys, wants, switchOn }: Visit): RuleContext {
  const [first = '', second = '', third = '', fourth = '', fifth = '', ...rest] = node.inputs;
  const shapeOf = (name: string): Shape | undefined =>
    graph.constants.get(name)?.shape ?? graph.values.get(name)?.shape;
  return {
    ...algebra(b),
    ...neighbours,
    node,
    b,
    inputs: [first, second, third, fourth, fifth, ...rest],
    x: first,
    y: node.outputs[0]!,
    dy: dys.find((dy) => dy !== undefined)!,
    dys,
    wants,
    output: (at) => node.outputs[at] || switchOn(at),
    shapeOf,
    staticShapeOf(name) {
      const shape = shapeOf(name);
      return shape?.every((length) => typeof length === 'number') ? shape : undefined;
    },
    typeOf: (name) => graph.constants.get(name)?.type ?? graph.values.get(name)?.type,
    numbers(name) {
      const constant = graph.constants.get(name);
      return constant && numbersOf(constant);
    },
  };
}
