/** γ (W x + b − μ) / σ + β = (W f) x + (b − μ) f + β with f = γ / σ: a batch normalisation becomes part of its convolution. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { createBuilder } from '../../onnx/builder.ts';
import type { Graph, Node, Value } from '../../onnx/graph.ts';
import { namesOf } from '../../onnx/names.ts';
import { algebra } from '../algebra.ts';
import { neighboursIn } from '../neighbours.ts';

/** Normalisations that follow no convolution, or one that others read too, stay. */
export function mergedNormalizations(graph: Graph): Graph {
  const { maker, soleReader } = neighboursIn(
    graph,
    graph.outputs.map(({ name }) => name),
  );
  const b = createBuilder(namesOf(graph).values.claim('merged/'));
  const values = new Map(graph.values);
  const absorbed = new Set<Node>();
  const nodes = graph.nodes.map((node): Node => {
    const convolution = maker(node.inputs[0]!);
    const isPair =
      node.op === 'BatchNormalization' && convolution?.op === 'Conv' && soleReader(node.inputs[0]!) === node;
    const shape = isPair ? graph.constants.get(convolution.inputs[1]!)?.shape : undefined;
    if (!isPair || !shape) return node;
    absorbed.add(convolution);
    const { add, sub, mul, div, sqrt } = algebra(b);
    const [, scale, shift, mean, variance] = node.inputs as [string, string, string, string, string];
    const factor = div(scale, sqrt(add(variance, numberAttribute(node, 'epsilon', 1e-5))));
    const perOutput = b.op('Reshape', [factor, b.constant('int64', [-1, ...shape.slice(1).map(() => 1)])]);
    const weights = mul(convolution.inputs[1]!, perOutput);
    const bias = add(mul(sub(convolution.inputs[2] || 0, mean), factor), shift);
    const described: Value = { name: weights, type: 'float32', shape };
    values.set(weights, described).set(bias, { ...described, name: bias, shape: shape.slice(0, 1) });
    return { ...convolution, inputs: [convolution.inputs[0]!, weights, bias], outputs: [node.outputs[0]!] };
  });
  return {
    ...graph,
    nodes: [...b.nodes, ...nodes.filter((node) => !absorbed.has(node))],
    constants: new Map([...graph.constants, ...b.constants]),
    values,
  };
}
