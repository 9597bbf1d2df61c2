/** Operators that only move values: the gradient takes the way back, and 0 goes to what was dropped. */
import { numberAttribute, numbersAttribute } from '../../onnx/attributes.ts';
import { type ElementType, elementTypeOf, isFloat } from '../../onnx/element-type.ts';
import { broadcasting } from '../broadcasting.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { lengthAlong, padAlong, range, reshapeLike, zerosLike } from '../shaping.ts';

export const Identity: Rule = ({ dy }) => [dy];
export const Dropout: Rule = ({ dy }) => [dy, undefined, undefined];

/** A cast to whole numbers has no gradient; the gradient of whole numbers (in quantised models) is not whole. */
const cast =
  (typeAfter: (context: RuleContext) => ElementType): Rule =>
  (context) => {
    const { node, b, x, dy, typeOf } = context;
    if (!isFloat(typeAfter(context))) return [undefined, undefined];
    return [isFloat(typeOf(x) ?? 'float32') ? b.op('CastLike', [dy, x]) : dy, undefined].slice(0, node.inputs.length);
  };
export const Cast = cast(({ node }) => elementTypeOf(numberAttribute(node, 'to', 0)));
export const CastLike = cast(({ typeOf, inputs: [, like] }) => typeOf(like) ?? 'float32');

export const Reshape: Rule = ({ b, x, dy }) => [reshapeLike(b, dy, x), undefined];
export const Flatten = Reshape;
export const Squeeze = Reshape;
export const Unsqueeze = Reshape;

export const Expand = broadcasting(({ dy }) => [dy, undefined]);

export const Transpose: Rule = ({ node, b, dy }) => {
  const perm = numbersAttribute(node, 'perm', undefined);
  return [b.op('Transpose', [dy], { perm: perm?.map((_, axis) => perm.indexOf(axis)) })];
};

/** Turned round again. */
export const ReverseSequence: Rule = ({ node, b, dy, inputs: [, lengths] }) => {
  const [batch_axis, time_axis] = [numberAttribute(node, 'batch_axis', 1), numberAttribute(node, 'time_axis', 0)];
  return [b.op('ReverseSequence', [dy, lengths], { batch_axis, time_axis }), undefined];
};

/** What was cut off is filled up with zeros, what was filled up is cut off. */
export const CenterCropPad: Rule = ({ node, b, x, dy }) => {
  const axes = numbersAttribute(node, 'axes', undefined);
  const size = b.op('Shape', [x]);
  const lengths = axes ? b.op('Gather', [size, b.constant('int64', axes)]) : size;
  return [b.op('CenterCropPad', [dy, lengths], { axes }), undefined];
};

export const Concat: Rule = ({ node, b, dy, shapeOf }) => {
  const axis = numberAttribute(node, 'axis', 0);
  const known = node.inputs.map((input) => shapeOf(input)?.at(axis));
  const lengths = known.every((length) => typeof length === 'number')
    ? b.constant('int64', known)
    : b.op(
        'Concat',
        node.inputs.map((input) => lengthAlong(b, input, axis)),
        { axis: 0 },
      );
  return b.ops(known.length, 'Split', [dy, lengths], { axis });
};

export const Split: Rule = ({ node, b, dys }) => {
  const parts = dys.map((dy, at) => dy ?? zerosLike(b, node.outputs[at]!));
  return [b.op('Concat', parts, { axis: numberAttribute(node, 'axis', 0) }), undefined];
};

/** Each axis is put back by itself: every place of x takes the gradient of the place it went to, or a 0 put at the end. */
export const Slice: Rule = ({ node, b, x, dy, inputs, numbers, shapeOf, staticShapeOf }) => {
  const [, starts, ends, axes, steps] = inputs;
  const rank = shapeOf(x)?.length ?? refuse(node, 'an input of a rank known beforehand');
  const count = staticShapeOf(starts)?.[0];
  const cut = axes ? numbers(axes) : count !== undefined ? [...Array(count).keys()] : undefined;
  const entry = (values: string, at: number) => (values ? b.op('Gather', [values, b.constant('int64', [at])]) : '');
  const restored = (cut ?? refuse(node, 'constant axes')).reduce((gradient, axis, at) => {
    const length = lengthAlong(b, x, axis);
    const first = b.constant('int64', [0]);
    const kept = b.op('Slice', [range(b, length), entry(starts, at), entry(ends, at), first, entry(steps, at)]);
    const rows = b.op('Shape', [kept]);
    const origin = b.op('ScatterElements', [b.op('Expand', [rows, length]), kept, range(b, rows)]);
    const padded = padAlong(b, gradient, rank, axis, b.constant('int64', [0]), b.constant('int64', [1]));
    return b.op('Gather', [padded, origin], { axis });
  }, dy);
  return [restored, undefined, undefined, undefined, undefined];
};
