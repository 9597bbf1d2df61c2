/**
 * A convolutional network with whole numbers in place of floats, as ONNX Runtime's static quantisation writes it ("QOperator"):
 * values are uint8 between the extremes that a picture drives them to, weights int8 with a scale for each output channel.
 */

import { type Builder, createBuilder } from '../dist/src/onnx/builder.js';
import { numbersOf } from '../dist/src/onnx/constants.js';
import { attributesOf } from '../dist/src/onnx/decompose/rule.js';
import { consumers, type Graph, type Node } from '../dist/src/onnx/graph.js';
import { prune } from '../dist/src/onnx/prune.js';
import { type Numbers, runModel } from './toy-model.ts';

/** A value, its scale and its zero point. */
type Quantised = readonly [value: string, scale: string, zero: string];

interface Step {
  readonly b: Builder;
  readonly node: Node;
  /** The node's inputs that come from the picture. */
  readonly inputs: readonly Quantised[];
  /** The scale and zero point of its output. */
  readonly result: readonly [string, string];
  numbers(at: number): { readonly values: readonly number[]; readonly shape: readonly number[] };
}

const MICROSOFT = 'com.microsoft';

/** Weights, whose first axis is that of the output channels, and the bias in steps of the product. */
function weighted({ b, node, inputs, numbers }: Step, inputScale: number) {
  const { values, shape } = numbers(1);
  const size = values.length / shape[0]!;
  const scales = Array.from(
    { length: shape[0]! },
    (_, at) => Math.max(...values.slice(at * size, (at + 1) * size).map(Math.abs)) / 127,
  );
  const whole = values.map((value, at) => Math.round(value / scales[Math.floor(at / size)]!));
  const bias = numbers(2).values.map((value, at) => Math.round(value / (inputScale * scales[at]!)));
  const operands = [
    b.constant('int8', whole, shape),
    b.constant('float32', scales),
    b.constant(
      'int8',
      scales.map(() => 0),
    ),
  ];
  return { x: inputs[0]!, operands, bias: b.constant('int32', bias), attributes: attributesOf(node) };
}

const OPERATORS: { readonly [operator: string]: (step: Step, inputScale: number) => string } = {
  Conv(step, inputScale) {
    const { x, operands, bias, attributes } = weighted(step, inputScale);
    return step.b.op('QLinearConv', [...x, ...operands, ...step.result, bias], attributes);
  },
  Gemm(step, inputScale) {
    const { x, operands, bias } = weighted(step, inputScale);
    return step.b.op('QGemm', [...x, ...operands, bias, ...step.result], { transB: 1 }, MICROSOFT);
  },
  Add: ({ b, inputs, result }) => b.op('QLinearAdd', [...inputs.flat(), ...result], {}, MICROSOFT),
  GlobalAveragePool: ({ b, inputs, result }) =>
    b.op('QLinearGlobalAveragePool', [...inputs[0]!, ...result], {}, MICROSOFT),
};
/** What keeps its input's scale. */
const MOVES = ['MaxPool', 'Flatten'];

/** The same network, of the internal opset, on whole numbers; its output is a float again. */
export async function quantise(graph: Graph, picture: Numbers): Promise<Graph> {
  const [input, output] = [graph.inputs[0]!.name, graph.outputs[0]!.name];
  const everything = prune(graph, [input, ...graph.nodes.map(({ outputs }) => outputs[0]!)].slice(1));
  const results = await runModel(everything, { [input]: picture });
  const readers = consumers(graph);
  const b = createBuilder('q/');
  const scales = new Map<string, number>();
  const extremes = (value: string) => {
    const data = (value === input ? picture : results[value]!).data;
    const [low, high] = data.reduce(([a, c], next) => [Math.min(a, next), Math.max(c, next)], [0, 0]);
    const scale = (high! - low!) / 255;
    return { scale, zero: Math.round(-low! / scale) };
  };
  const describe = (value: string, scale: number, zero: number): readonly [string, string] => {
    scales.set(value, scale);
    return [b.constant('float32', scale), b.constant('uint8', zero)];
  };
  const known = new Map<string, Quantised>();
  const first = extremes(input);
  const firstScales = describe(input, first.scale, first.zero);
  known.set(input, [b.op('QuantizeLinear', [input, ...firstScales]), ...firstScales]);
  for (const node of graph.nodes) {
    const [source, name] = [node.inputs[0]!, node.outputs[0]!];
    const inputs = node.inputs.flatMap((value) => (known.has(value) ? [known.get(value)!] : []));
    if (node.op === 'Relu') {
      known.set(name, known.get(source)!);
      scales.set(name, scales.get(source)!);
    } else if (MOVES.includes(node.op)) {
      const [x, ...rest] = inputs[0]!;
      known.set(name, [b.op(node.op, [x], attributesOf(node)), ...rest]);
      scales.set(name, scales.get(source)!);
    } else {
      const relu = readers.get(name)?.find(({ op }) => op === 'Relu');
      const { scale, zero } = extremes(relu ? relu.outputs[0]! : name);
      const result = describe(name, scale, zero);
      const numbers = (at: number) => {
        const constant = graph.constants.get(node.inputs[at]!)!;
        return { values: numbersOf(constant)!, shape: constant.shape };
      };
      known.set(name, [OPERATORS[node.op]!({ b, node, inputs, result, numbers }, scales.get(source)!), ...result]);
    }
  }
  const last = b.op('DequantizeLinear', known.get(output)!);
  const nodes = b.nodes.map((node) => ({
    ...node,
    outputs: node.outputs.map((name) => (name === last ? output : name)),
  }));
  return {
    ...graph,
    opsets: new Map([...graph.opsets, [MICROSOFT, 1]]),
    nodes,
    constants: b.constants,
    values: new Map(),
  };
}
