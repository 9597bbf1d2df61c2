/** Operators that keep their first input's shape, or broadcast their inputs. */
import { numberAttribute } from '../attributes.ts';
import { divide, multiply } from '../dimension.ts';
import { elementTypeOf } from '../element-type.ts';
import type { Dimension } from '../graph.ts';
import { broadcast, type Known, type ShapeRule, type ShapeRules, unknownLength } from './rule.ts';

const same: ShapeRule = (_, [x]) => x && { type: x.type, shape: x.shape };
const copy: ShapeRule = (_, [x]) => x;
const sameAsBool: ShapeRule = (_, [x]) => x && { type: 'bool', shape: x.shape };

const broadcasting: ShapeRule = (_, inputs) =>
  inputs[0] && { type: inputs[0].type, shape: broadcast(inputs.map((input) => input?.shape)) };

type Arithmetic = (a: Dimension, b: Dimension, integer: boolean) => Dimension | undefined;

/** Broadcasts, and computes the elements where they are known: shapes are arithmetic too. */
const computing =
  (compute: Arithmetic, type?: 'bool'): ShapeRule =>
  (node, [a, b]) => {
    if (!a || !b) return undefined;
    const integer = a.type === 'int64' || a.type === 'int32';
    const content = zip(a, b)?.map(([x, y], at) => compute(x, y, integer) ?? unknownLength(node, at));
    return { type: type ?? a.type, shape: broadcast([a.shape, b.shape]), content };
  };

/** Pairs of elements of vectors and scalars. */
function zip(a: Known, b: Known): [Dimension, Dimension][] | undefined {
  if (!a.content || !b.content || (a.shape?.length ?? 2) > 1 || (b.shape?.length ?? 2) > 1) return undefined;
  const length = a.content.length === 1 ? b.content.length : a.content.length;
  const at = (content: readonly Dimension[], index: number) => content[content.length === 1 ? 0 : index]!;
  return Array.from({ length }, (_, index) => [at(a.content!, index), at(b.content!, index)]);
}

const onNumbers =
  (compute: (a: number, b: number, integer: boolean) => number): Arithmetic =>
  (a, b, integer) =>
    typeof a === 'number' && typeof b === 'number' ? compute(a, b, integer) : undefined;

const Mul: Arithmetic = (a, b) =>
  (typeof a === 'number' && typeof b === 'number') || a === 1 || b === 1 || isPositive(a, b)
    ? product(a, b)
    : undefined;
const product = (a: Dimension, b: Dimension) =>
  typeof a === 'number' && typeof b === 'number' ? a * b : multiply([a, b]);
const isPositive = (...factors: Dimension[]) =>
  factors.every((factor) => typeof factor === 'string' || (Number.isInteger(factor) && factor > 0));

/** Integers are divided towards zero; lengths that are only names cancel. */
const Div: Arithmetic = (a, b, integer) => {
  if (typeof a === 'number' && typeof b === 'number') return integer ? Math.trunc(a / b) : a / b;
  return isPositive(a, b) ? divide([a], [b]) : undefined;
};

/** A length that is only a name is at least 1, so it differs from −1 and 0. */
const Equal: Arithmetic = (a, b) => {
  if (typeof a === typeof b) return a === b ? 1 : typeof a === 'number' ? 0 : undefined;
  return [a, b].some((side) => typeof side === 'number' && side < 1) ? 0 : undefined;
};

const Where: ShapeRule = (node, [condition, a, b]) => {
  if (!condition || !a || !b) return undefined;
  const length = Math.max(...[condition, a, b].map(({ content }) => content?.length ?? 0));
  const at = ({ content }: Known, index: number) => content?.[content.length === 1 ? 0 : index];
  const known = [condition, a, b].every(({ content, shape }) => content && shape && shape.length < 2);
  const choose = (_: unknown, index: number) => {
    const test = at(condition, index);
    return (typeof test === 'number' ? at(test ? a : b, index) : undefined) ?? unknownLength(node, index);
  };
  const content = known ? Array.from({ length }, choose) : undefined;
  return { type: a.type, shape: broadcast([condition.shape, a.shape, b.shape]), content };
};

const rounding =
  (round: (value: number) => number): ShapeRule =>
  (_, [x]) =>
    x && { ...x, content: x.content?.map((element) => (typeof element === 'number' ? round(element) : element)) };

const Cast: ShapeRule = (node, [x]) => {
  if (!x) return undefined;
  const type = elementTypeOf(numberAttribute(node, 'to', 1));
  const toInteger = type === 'int64' || type === 'int32';
  const content = x.content?.map((element) =>
    toInteger && typeof element === 'number' ? Math.trunc(element) : element,
  );
  return { type, shape: x.shape, content };
};

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
  ...forAll(
    'Abs Neg Exp Log Sqrt Reciprocal Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Sign Round',
    same,
  ),
  ...forAll('Softmax LogSoftmax Hardmax Clip Not CumSum Trilu Shrink ScatterND ScatterElements ReverseSequence', same),
  ...forAll(
    'BatchNormalization InstanceNormalization GroupNormalization LRN LpNormalization MeanVarianceNormalization RMSNormalization SimplifiedLayerNormalization',
    same,
  ),
  Identity: copy,
  Floor: rounding(Math.floor),
  Ceil: rounding(Math.ceil),
  ...forAll('IsNaN IsInf', sameAsBool),
  ...forAll('Pow Max Min Sum Mean And Or Xor BitShift', broadcasting),
  Add: computing(onNumbers((a, b) => a + b)),
  Sub: computing(onNumbers((a, b) => a - b)),
  Div: computing(Div),
  Mod: computing(onNumbers((a, b) => ((a % b) + b) % b)),
  Mul: computing(Mul),
  Equal: computing(Equal, 'bool'),
  Greater: computing(
    onNumbers((a, b) => Number(a > b)),
    'bool',
  ),
  GreaterOrEqual: computing(
    onNumbers((a, b) => Number(a >= b)),
    'bool',
  ),
  Less: computing(
    onNumbers((a, b) => Number(a < b)),
    'bool',
  ),
  LessOrEqual: computing(
    onNumbers((a, b) => Number(a <= b)),
    'bool',
  ),
  Where,
  Cast,
  CastLike: (_, [x, like]) => x && like && { ...x, type: like.type },
  Dropout,
  LayerNormalization,
  QuantizeLinear,
  DequantizeLinear,
  DynamicQuantizeLinear,
};

export const microsoft: ShapeRules = {
  ...forAll('Gelu FastGelu QuickGelu BiasGelu LayerNormalization', same),
};
