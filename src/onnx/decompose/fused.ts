/** What ONNX Runtime's optimiser joined: it joins the parts again where the gradient does not need what lies between. */
import { numberAttribute, numbersAttribute, stringAttribute } from '../attributes.ts';
import { type AttributeValues, type Builder, float } from '../builder.ts';
import type { Node } from '../graph.ts';
import { plus } from './operands.ts';
import { attributesOf, type Decomposition, type Decompositions } from './rule.ts';

/** y = f(Conv(x, w, bias) + z) */
const FusedConv: Decomposition = (node, { b }) => {
  const [x, weights, bias, z] = node.inputs;
  const conv = b.op(
    'Conv',
    [x, weights, bias].slice(0, bias ? 3 : 2),
    attributesOf(node, 'activation', 'activation_params'),
  );
  return activated(b, node, plus(b, conv, z), numbersAttribute(node, 'activation_params', []));
};

/** y = f(Gemm(A, B, C)) */
const FusedGemm: Decomposition = (node, { b }) => {
  const own = ['activation', 'activation_alpha', 'activation_beta', 'activation_gamma'];
  const params = own.slice(1).map((name) => numberAttribute(node, name, 0));
  return activated(b, node, b.op('Gemm', node.inputs, attributesOf(node, ...own)), params);
};

/** The names of an activation's attributes, in the order in which the parameters are listed. */
const PARAMETERS: { readonly [activation: string]: readonly string[] } = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  Softsign: [],
  HardSwish: [],
  LeakyRelu: ['alpha'],
  Elu: ['alpha'],
  Celu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
};

function activated(b: Builder, node: Node, value: string, params: readonly number[]): readonly string[] | undefined {
  const activation = stringAttribute(node, 'activation', '');
  if (activation === '') return [value];
  if (activation === 'Clip')
    return [b.op('Clip', [value, ...params.slice(0, 2).map((at) => b.constant('float32', at))])];
  if (!Object.hasOwn(PARAMETERS, activation)) return undefined;
  const named = PARAMETERS[activation]!.map((name, at): [string, AttributeValues[string]] => [
    name,
    float(params[at] ?? 0),
  ]);
  return [b.op(activation, [value], Object.fromEntries(named))];
}

/** Y = α A′ B′, where the last two axes of A′ and B′ may be exchanged, or all axes but the last moved in front of the first. */
const FusedMatMul: Decomposition = (node, { b, shapeOf }) => {
  const operands = ['A', 'B'].map((side, at) => {
    const value = node.inputs[at]!;
    const rank = shapeOf(value)?.length;
    const [batch, last] = [`transBatch${side}`, `trans${side}`].map((name) => numberAttribute(node, name, 0) === 1);
    if (!batch && !last) return value;
    if (rank === undefined) return undefined;
    const axes = [...Array(rank).keys()];
    const moved = batch ? [...axes.slice(1, -1), 0, axes.at(-1)!] : axes;
    const perm = last ? [...moved.slice(0, -2), moved.at(-1)!, moved.at(-2)!] : moved;
    return rank < 2 ? value : b.op('Transpose', [value], { perm });
  });
  if (operands.includes(undefined)) return undefined;
  return [b.op('Mul', [b.op('MatMul', operands), b.constant('float32', numberAttribute(node, 'alpha', 1))])];
};

export const fused: Decompositions = { FusedConv, FusedGemm, FusedMatMul };
