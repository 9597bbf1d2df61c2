/**
 * Quantised operators: y = Q(f(D(x), …)), where D takes whole numbers for (q − zero) · scale, f works on floats and Q
 * rounds the result. ONNX Runtime sums up whole numbers instead, so that results may differ by one step.
 */
import { numberAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import type { Node, Shape } from '../graph.ts';
import { dequantized, plus, quantizedLike } from './operands.ts';
import { attributesOf, type Decomposition, type Decompositions } from './rule.ts';

const QLinearConv: Decomposition = (node, { b }) => {
  const [x = '', xScale = '', xZero, w = '', wScale = '', wZero, yScale = '', yZero, bias] = node.inputs;
  const operands = [dequantized(b, [x, xScale, xZero]), dequantized(b, [w, wScale, wZero], 0)];
  const offset = bias ? [dequantized(b, [bias, b.op('Mul', [xScale, wScale]), undefined], 0)] : [];
  const y = b.op('Conv', [...operands, ...offset], attributesOf(node));
  return [quantizedLike(b, [y, yScale, yZero])];
};

/** A scale for each row of A or column of B lies along their last axis but one, or their last. */
const QLinearMatMul: Decomposition = (node, { b, shapeOf }) => {
  const [A = '', aScale = '', aZero, B = '', bScale = '', bZero, yScale = '', yZero] = node.inputs;
  if ([aScale, bScale].some((scale) => (shapeOf(scale)?.length ?? 2) > 1)) return undefined;
  const y = b.op('MatMul', [dequantized(b, [A, aScale, aZero], -2), dequantized(b, [B, bScale, bZero], -1)]);
  return [quantizedLike(b, [y, yScale, yZero])];
};

/** The bias has the product's scale; without a scale of its own, Y stays as it is. */
const QGemm: Decomposition = (node, { b }) => {
  const [A = '', aScale = '', aZero, B = '', bScale = '', bZero, C, yScale, yZero] = node.inputs;
  const alpha = b.constant('float32', numberAttribute(node, 'alpha', 1));
  const operands = [
    dequantized(b, [A, aScale, aZero]),
    dequantized(b, [B, bScale, bZero], 1 - numberAttribute(node, 'transB', 0)),
  ];
  const offset = C ? [dequantized(b, [C, b.op('Mul', [alpha, b.op('Mul', [aScale, bScale])]), undefined], -1)] : [];
  const y = b.op('Gemm', [...operands, ...offset], attributesOf(node));
  return [yScale ? quantizedLike(b, [y, yScale, yZero]) : y];
};

/** Of two operands with a scale and zero point each, and those of the result. */
const onTwo =
  (operator: string): Decomposition =>
  (node, { b }) => {
    const [A = '', aScale = '', aZero, B = '', bScale = '', bZero, yScale = '', yZero] = node.inputs;
    const y = b.op(operator, [dequantized(b, [A, aScale, aZero]), dequantized(b, [B, bScale, bZero])]);
    return [quantizedLike(b, [y, yScale, yZero])];
  };

type Operator = (b: Builder, x: string, node: Node, shape: Shape | undefined) => string | undefined;

/** Of one operand; not where the operator on floats cannot be had. */
const onOne =
  (operator: Operator): Decomposition =>
  (node, { b, shapeOf }) => {
    const [x = '', scale = '', zero, yScale = '', yZero] = node.inputs;
    const y = operator(b, dequantized(b, [x, scale, zero]), node, shapeOf(x));
    return y === undefined ? undefined : [quantizedLike(b, [y, yScale, yZero])];
  };

const plainly =
  (operator: string): Operator =>
  (b, x, node) =>
    b.op(operator, [x], attributesOf(node));

/** Before 13 the axes from `axis` on were taken together. */
const softmax: Operator = (b, x, node, shape) => {
  const since13 = numberAttribute(node, 'opset', 0) >= 13;
  const axis = numberAttribute(node, 'axis', since13 ? -1 : 1);
  if (!since13 && axis !== -1 && axis + 1 !== shape?.length) return undefined;
  return b.op('Softmax', [x], { axis });
};

/** [N, …, C] for a pool on [N, C, …], and back. */
const channelsFirst =
  (pool: string): Operator =>
  (b, x, node, shape) => {
    const attributes = attributesOf(node, 'channels_last');
    if (numberAttribute(node, 'channels_last', 0) === 0) return b.op(pool, [x], attributes);
    if (!shape) return undefined;
    const spatial = shape.slice(2).map((_, axis) => axis + 1);
    const pooled = b.op(pool, [b.op('Transpose', [x], { perm: [0, spatial.length + 1, ...spatial] })], attributes);
    return b.op('Transpose', [pooled], { perm: [0, ...spatial.map((axis) => axis + 1), 1] });
  };

/** The result's scale and zero point come first, then each operand with its own. */
const QLinearConcat: Decomposition = (node, { b }) => {
  const [yScale = '', yZero, ...operands] = node.inputs;
  const parts = operands.flatMap((value, at) =>
    at % 3 === 0 ? [dequantized(b, [value, operands[at + 1]!, operands[at + 2]])] : [],
  );
  return [quantizedLike(b, [b.op('Concat', parts, attributesOf(node)), yScale, yZero])];
};

const QLinearWhere: Decomposition = (node, { b }) => {
  const [mask, A = '', aScale = '', aZero, B = '', bScale = '', bZero, yScale = '', yZero] = node.inputs;
  const y = b.op('Where', [mask, dequantized(b, [A, aScale, aZero]), dequantized(b, [B, bScale, bZero])]);
  return [quantizedLike(b, [y, yScale, yZero])];
};

const MatMulIntegerToFloat: Decomposition = (node, { b }) => {
  const [A = '', B = '', aScale = '', bScale = '', aZero, bZero, bias] = node.inputs;
  const product = b.op('MatMul', [dequantized(b, [A, aScale, aZero]), dequantized(b, [B, bScale, bZero], -1)]);
  return [plus(b, product, bias)];
};

/** A is quantised by the range of its own values. */
const DynamicQuantizeMatMul: Decomposition = (node, { b }) => {
  const [A = '', B = '', bScale = '', bZero, bias] = node.inputs;
  const [value, scale, zero] = b.ops(3, 'DynamicQuantizeLinear', [A]) as [string, string, string];
  const product = b.op('MatMul', [dequantized(b, [value, scale, zero]), dequantized(b, [B, bScale, bZero], -1)]);
  return [plus(b, product, bias)];
};

/** ONNX's own operator does the same. */
const asOnnx: Decomposition = (node, { b }) => [b.op(node.op, node.inputs, attributesOf(node))];

export const quantized: Decompositions = { QLinearConv, QLinearMatMul };

export const microsoftQuantized: Decompositions = {
  QGemm,
  QLinearAdd: onTwo('Add'),
  QLinearMul: onTwo('Mul'),
  QLinearSigmoid: onOne(plainly('Sigmoid')),
  QLinearLeakyRelu: onOne(plainly('LeakyRelu')),
  QLinearSoftmax: onOne(softmax),
  QLinearGlobalAveragePool: onOne(channelsFirst('GlobalAveragePool')),
  QLinearAveragePool: onOne(channelsFirst('AveragePool')),
  QLinearConcat,
  QLinearWhere,
  MatMulIntegerToFloat,
  DynamicQuantizeMatMul,
  QuantizeLinear: asOnnx,
  DequantizeLinear: asOnnx,
};
