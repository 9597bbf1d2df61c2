import { createBuilder } from './builder.ts';
import { numbersOf } from './constants.ts';
import { attentions } from './decompose/attention.ts';
import { fused } from './decompose/fused.ts';
import { sampling } from './decompose/grid-sample.ts';
import { microsoftAttentions } from './decompose/microsoft-attention.ts';
import { microsoftQuantized, quantized } from './decompose/quantized.ts';
import { microsoftRotary, rotary } from './decompose/rotary-embedding.ts';
import type { Decompositions, Surroundings } from './decompose/rule.ts';
import type { Graph, Node } from './graph.ts';

/** By domain, the operators that are made of others. */
export const DECOMPOSITIONS: { readonly [domain: string]: Decompositions } = {
  '': { ...attentions, ...quantized, ...rotary, ...sampling },
  'com.microsoft': { ...fused, ...microsoftAttentions, ...microsoftQuantized, ...microsoftRotary },
};

/**
 * Takes operators apart that are made of others: attention, what ONNX Runtime fused, and quantised operators, which
 * become the operator on floats between DequantizeLinear and QuantizeLinear. So that gradient rules need to know the
 * parts only. Values keep their names; forms that cannot be taken apart stay.
 * @param graph of the internal opset, with shapes inferred; those of the new values are not
 * @example
 * const differentiable = inferShapes(decompose(inferShapes(upgrade(graph))));
 */
export function decompose(graph: Graph): Graph {
  const b = createBuilder('decompose/');
  const around: Surroundings = {
    b,
    shapeOf: (name) => graph.values.get(name)?.shape ?? graph.constants.get(name)?.shape,
    typeOf: (name) => graph.values.get(name)?.type ?? graph.constants.get(name)?.type,
    numbersOf(name) {
      const constant = graph.constants.get(name);
      return constant && numbersOf(constant);
    },
  };
  const nodes = graph.nodes.flatMap((node) => partsOf(node, around));
  return b.nodes.length === 0 ? graph : { ...graph, nodes, constants: new Map([...graph.constants, ...b.constants]) };
}

/** The node itself, or the nodes that it is made of, the last of which write its outputs. */
function partsOf(node: Node, around: Surroundings): readonly Node[] {
  const rules = DECOMPOSITIONS[node.domain] ?? {};
  const { b } = around;
  const before = b.nodes.length;
  const results = Object.hasOwn(rules, node.op) ? rules[node.op]!(node, around) : undefined;
  if (!results) return [node];
  const own = new Map(results.map((name, at) => [name, node.outputs[at]!]));
  const named = (name: string) => own.get(name) ?? name;
  return b.nodes.slice(before).map((part) => ({
    ...part,
    name: own.has(part.outputs[0]!) ? node.name : part.name,
    inputs: part.inputs.map(named),
    outputs: part.outputs.map(named),
  }));
}
