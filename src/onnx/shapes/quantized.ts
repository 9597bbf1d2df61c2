/** Quantised operators: the shapes of their siblings on floats, whose operands stand among scales and zero points. */
import { numberAttribute } from '../attributes.ts';
import { elementwise } from './elementwise.ts';
import { linear } from './linear.ts';
import { movement } from './movement.ts';
import type { Known, ShapeRule, ShapeRules } from './rule.ts';
import { window } from './window.ts';

/** The sibling's first result, with its operands at `places`; its type is that of the zero point at `zero`. */
const like =
  (sibling: ShapeRule, places: readonly number[], zero: number): ShapeRule =>
  (node, inputs) => {
    const results = sibling(
      node,
      places.map((place) => inputs[place]),
    );
    const [y] = [results].flat() as readonly (Known | undefined)[];
    return y && { type: inputs[zero]?.type ?? 'uint8', shape: y.shape };
  };

const single =
  (rule: ShapeRule): ShapeRule =>
  (node, inputs) => {
    const y = rule(node, inputs) as Known | undefined;
    return y && { ...y, type: 'float32' };
  };

/** [N, …, C], where `channels_last` says so. */
const anyLayout =
  (pool: ShapeRule): ShapeRule =>
  (node, [x]) => {
    if (numberAttribute(node, 'channels_last', 0) === 0 || !x?.shape) return pool(node, [x]);
    const [first, ...spatial] = x.shape;
    const y = [pool(node, [{ ...x, shape: [first!, spatial.pop()!, ...spatial] }])].flat()[0] as Known | undefined;
    if (!y?.shape) return undefined;
    const [batch, channels, ...lengths] = y.shape;
    return { ...y, shape: [batch!, ...lengths, channels!] };
  };

/** The result's scale and zero point come first, then each operand with its own. */
const QLinearConcat: ShapeRule = (node, inputs) => {
  const places = inputs.flatMap((_, at) => (at % 3 === 2 ? [at] : []));
  return like(movement.Concat!, places, 1)(node, inputs);
};

/** Without a scale of its own the result is a float. */
const QGemm: ShapeRule = (node, inputs) => {
  const rule = like(linear.Gemm!, [0, 3], 8);
  return node.inputs[7] ? rule(node, inputs) : single(rule)(node, inputs);
};

export const quantized: ShapeRules = {
  QLinearConv: like(window.Conv!, [0, 3], 7),
  QLinearMatMul: like(linear.MatMul!, [0, 3], 7),
};

export const microsoftQuantized: ShapeRules = {
  QuantizeLinear: elementwise.QuantizeLinear!,
  DequantizeLinear: elementwise.DequantizeLinear!,
  QGemm,
  QLinearAdd: like(elementwise.Add!, [0, 3], 7),
  QLinearMul: like(elementwise.Mul!, [0, 3], 7),
  QLinearWhere: like(elementwise.Where!, [0, 1, 4], 8),
  QLinearSigmoid: like(elementwise.Sigmoid!, [0], 4),
  QLinearLeakyRelu: like(elementwise.LeakyRelu!, [0], 4),
  QLinearSoftmax: like(elementwise.Softmax!, [0], 4),
  QLinearGlobalAveragePool: like(anyLayout(window.GlobalAveragePool!), [0], 4),
  QLinearAveragePool: like(anyLayout(window.AveragePool!), [0], 4),
  QLinearConcat,
  MatMulIntegerToFloat: single(linear.MatMul!),
  DynamicQuantizeMatMul: single(linear.MatMul!),
};
