/** Operators that only move values: the gradient takes the way back, and 0 goes to what was dropped. */
import { numberAttribute, numbersAttribute } from '../../onnx/attributes.ts';
import { elementTypeOf, isFloat } from '../../onnx/element-type.ts';
import { broadcasting } from '../broadcasting.ts';
import { type Rule, refuse } from '../rule.ts';
import { lengthAlong, padAlong, range, reshapeLike, zerosLike } from '../shaping.ts';

export const Identity: Rule = ({ dy }) => [dy];
export const Dropout: Rule = ({ dy }) => [dy, undefined, undefined];

/** A cast to whole numbers has no gradient; the gradient of whole numbers (in quantised models) is not whole. */
export const Cast: Rule = ({ node, b, x, dy, typeOf }) => {
  if (!isFloat(elementTypeOf(numberAttribute(node, 'to', 0)))) return [undefined];
  return [isFloat(typeOf(x) ?? 'float32') ? b.op('CastLike', [dy, x]) : dy];
};

export const Reshape: Rule = ({ b, x, dy }) => [reshapeLike(b, dy, x), undefined];
export const Flatten = Reshape;
export const Squeeze = Reshape;
export const Unsqueeze = Reshape;

export const Expand = broadcasting(({ dy }) => [dy, undefined]);

export const Transpose: Rule = ({ node, b, dy }) => {
  const perm = numbersAttribute(node, 'perm', undefined);
  return [b.op('Transpose', [dy], { perm: perm?.map((_, axis) => perm.indexOf(axis)) })];
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
