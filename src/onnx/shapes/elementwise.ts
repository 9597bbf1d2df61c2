/** Operators that keep their first input's shape, or broadcast their inputs. */
import { numberAttribute } from '../attributes.ts';
import { elementTypeOf } from '../element-type.ts';
import { arithmetic } from './arithmetic.ts';
import { broadcast, type Known, type ShapeRule, type ShapeRules } from './rule.ts';

const same: ShapeRule = (_, [x]) => x && { type: x.type, shape: x.shape };
const copy: ShapeRule = (_, [x]) => x;
const sameAsBool: ShapeRule = (_, [x]) => x && { type: 'bool', shape: x.shape };

const broadcasting: ShapeRule = (_, inputs) =>
  inputs[0] && { type: inputs[0].type, shape: broadcast(inputs.map((input) => input?.shape)) };

/** The second output is the mask of what was kept. */
const Dropout: ShapeRule = (_, [x]) =>
  x && [
    { type: x.type, shape: x.shape },
    { type: 'bool', shape: x.shape },
  ];

/** Mean and inverse deviation keep the shape up to the axis. */
const LayerNormalization: ShapeRule = (node, [x]) => {
  if (!x) return undefined;
  const axis = numberAttribute(node, 'axis', -1);
  const from = axis < 0 ? axis + (x.shape?.length ?? 0) : axis;
  const statistics: Known = { type: x.type, shape: x.shape?.map((length, at) => (at < from ? length : 1)) };
  return [{ type: x.type, shape: x.shape }, statistics, statistics];
};

const QuantizeLinear: ShapeRule = (node, [x, , zero]) => {
  const type = zero?.type ?? elementTypeOf(numberAttribute(node, 'output_dtype', 2));
  return x && { type, shape: x.shape };
};
const DynamicQuantizeLinear: ShapeRule = (_, [x]) =>
  x && [
    { type: 'uint8', shape: x.shape },
    { type: 'float32', shape: [] },
    { type: 'uint8', shape: [] },
  ];
const DequantizeLinear: ShapeRule = (_, [x, scale]) => x && { type: scale?.type ?? 'other', shape: x.shape };

const forAll = (operators: string, rule: ShapeRule): ShapeRules =>
  Object.fromEntries(operators.split(' ').map((operator) => [operator, rule]));

export const elementwise: ShapeRules = {
  ...forAll(
    'Relu LeakyRelu PRelu Elu Celu Selu Sigmoid HardSigmoid HardSwish Swish Mish Gelu Softplus Softsign Tanh ThresholdedRelu',
    same,
  ),
  ...forAll('Exp Log Reciprocal Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Sign Round', same),
  ...forAll('Softmax LogSoftmax Hardmax Clip CumSum Trilu Shrink ScatterND ScatterElements ReverseSequence', same),
  ...forAll(
    'BatchNormalization InstanceNormalization GroupNormalization LRN LpNormalization MeanVarianceNormalization RMSNormalization SimplifiedLayerNormalization',
    same,
  ),
  Identity: copy,
  ...forAll('IsNaN IsInf', sameAsBool),
  ...forAll('Pow Sum Mean BitShift', broadcasting),
  ...arithmetic,
  Dropout,
  LayerNormalization,
  QuantizeLinear,
  DequantizeLinear,
  DynamicQuantizeLinear,
};

export const microsoft: ShapeRules = {
  ...forAll('Gelu FastGelu QuickGelu BiasGelu LayerNormalization', same),
};
