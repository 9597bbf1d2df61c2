import { createBuilder } from './builder.ts';
import { attentions } from './decompose/attention.ts';
import { fused } from './decompose/fused.ts';
import { sampling } from './decompose/grid-sample.ts';
import { microsoftAttentions } from './decompose/microsoft-attention.ts';
import { microsoftQuantized, quantized } from './decompose/quantized.ts';
import { restoredOnce } from './decompose/restored-once.ts';
import { microsoftRotary, rotary } from './decompose/rotary-embedding.ts';
import type { Decompositions, Surroundings } from './decompose/rule.ts';
import { sequences } from './decompose/sequences.ts';
import { summed } from './decompose/summed.ts';
import type { Graph, Node } from './graph.ts';
import { createInference, type InputShapes } from './infer-shapes.ts';
import { renamed } from './names.ts';
import { numbersIn } from './shapes/rule.ts';

/** By domain, the operators that are made of others. */
export const DECOMPOSITIONS: { readonly [domain: string]: Decompositions } = {
  '': { ...attentions, ...quantized, ...rotary, ...sampling, ...sequences },
  'com.microsoft': {
    ...fused,
    ...microsoftAttentions,
    ...microsoftQuantized,
    ...microsoftRotary,
    ...sampling,
    ...summed,
  },
};

/**
 * Takes operators apart that are made of others: attention, what ONNX Runtime fused, and quantised operators, which
 * become the operator on floats between DequantizeLinear and QuantizeLinear. So that gradient rules need to know the
 * parts only. Values keep their names; forms that cannot be taken apart stay. The shapes of all values are inferred.
 * @param graph of the internal opset
 * @param inputShapes as for `inferShapes`
 * @example
 * const differentiable = decompose(upgrade(graph), { data: [1, 3, 224, 224] });
 */
export function decompose(graph: Graph, inputShapes: InputShapes = {}): Graph {
  const b = createBuilder('decompose/');
  const inference = createInference(graph, inputShapes);
  const around: Surroundings = {
    b,
    sequences: new Map(),
    shapeOf: (name) => inference.known.get(name)?.shape,
    typeOf: (name) => inference.known.get(name)?.type,
    numbersOf: (name) => numbersIn(inference.known.get(name)),
  };
  const sharing = restoredOnce(graph);
  const nodes = graph.nodes.flatMap((node) => {
    const parts = sharing(partsOf(node, around));
    for (const part of parts) {
      for (const name of part.inputs) if (b.constants.has(name)) inference.tell(name, b.constants.get(name)!);
      inference.visit(part);
    }
    return parts;
  });
  return inference.described({ ...graph, nodes, constants: new Map([...graph.constants, ...b.constants]) });
}

/** The node itself, or the nodes that it is made of, of which the last ones write its outputs. A sequence stays as well. */
function partsOf(node: Node, around: Surroundings): readonly Node[] {
  const { b } = around;
  const before = b.nodes.length;
  const rules = DECOMPOSITIONS[node.domain] ?? {};
  const results = Object.hasOwn(rules, node.op) ? rules[node.op]!(node, around) : undefined;
  if (!results) return [node];
  const own = new Map(results.map((name, at) => [name, node.outputs[at]!]));
  const parts = b.nodes
    .slice(before)
    .map((part) => (part.outputs[0] === results[0] ? { ...part, name: node.name } : part));
  return results.length > 0 ? renamed(parts, own) : [...parts, node];
}
