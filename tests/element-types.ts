/** A float32 model in another element type: what `model.half()` and converters make of it, and one that takes bytes. */
import { createBuilder } from '../dist/src/onnx/builder.js';
import { constantOf, numbersOf } from '../dist/src/onnx/constants.js';
import { type ElementType, numberOfType } from '../dist/src/onnx/element-type.js';
import type { Constant, Graph, Node, Value } from '../dist/src/onnx/graph.js';

const cast = (from: string, to: string, type: ElementType): Node => ({
  op: 'Cast',
  domain: '',
  name: `to ${to}`,
  inputs: [from],
  outputs: [to],
  attributes: { to: { kind: 'int', value: numberOfType(type) } },
});

/** All floats in `type`, with those of the input and the output too. */
export function inType(graph: Graph, type: 'float16' | 'float64'): Graph {
  const typed = (value: Value): Value => (value.type === 'float32' ? { ...value, type } : value);
  return {
    ...graph,
    inputs: graph.inputs.map(typed),
    outputs: graph.outputs.map(typed),
    constants: mapConstants(graph, (constant) => constantOf(type, numbersOf(constant)!, constant.shape)),
    values: new Map(Array.from(graph.values, ([name, value]) => [name, typed(value)])),
  };
}

/** All floats in `type`, but for the input and the output: a Cast stands at each. */
export function insideInType(graph: Graph, type: 'float16' | 'float64'): Graph {
  const inner = inType(graph, type);
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  const renamed = (name: string) => (name === input!.name || name === output!.name ? `inner ${name}` : name);
  const nodes = inner.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  return {
    ...inner,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: [
      cast(input!.name, renamed(input!.name), type),
      ...nodes,
      cast(renamed(output!.name), output!.name, 'float32'),
    ],
  };
}

/** The float32 model whose weights are the nearest ones in float16. */
export const withHalfWeights = (graph: Graph): Graph => ({
  ...graph,
  constants: mapConstants(graph, ({ shape, ...constant }) =>
    constantOf('float32', numbersOf(constantOf('float16', numbersOf({ shape, ...constant })!, shape))!, shape),
  ),
});

/** The same model on pixels [N, H, W, 3] of whole numbers: it casts, normalises and transposes them itself. */
export function onPixels(
  graph: Graph,
  type: ElementType,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): Graph {
  const [input] = graph.inputs;
  const [batch, channels, height, width] = input!.shape!;
  const b = createBuilder('prepare/');
  const pixels = b.op('Cast', ['pixels'], { to: numberOfType('float32') });
  const centred = b.op('Sub', [pixels, b.constant('float32', mean)]);
  const prepared = b.op('Transpose', [b.op('Div', [centred, b.constant('float32', std)])], { perm: [0, 3, 1, 2] });
  const fed = (name: string) => (name === input!.name ? prepared : name);
  return {
    ...graph,
    inputs: [{ name: 'pixels', type, shape: [batch!, height!, width!, channels!] }],
    nodes: [...b.nodes, ...graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(fed) }))],
    constants: new Map([...graph.constants, ...b.constants]),
  };
}

const mapConstants = (graph: Graph, convert: (constant: Constant) => Constant) =>
  new Map(
    Array.from(graph.constants, ([name, constant]) => [
      name,
      constant.type === 'float32' ? convert(constant) : constant,
    ]),
  );
