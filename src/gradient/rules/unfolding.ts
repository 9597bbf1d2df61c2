/** Values put to places of a larger picture: the gradient is read there. */
import { numbersAttribute } from '../../onnx/attributes.ts';
import { type Rule, refuse } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';

/** The second input holds each value's place, counted over the whole of y. */
export const MaxUnpool: Rule = ({ b, x, dy, inputs: [, places] }) => {
  const flat = (value: string) => b.op('Reshape', [value, b.constant('int64', [-1])]);
  return [reshapeLike(b, b.op('GatherElements', [flat(dy), flat(places)]), x), undefined, undefined];
};

/** Columns [N, C · k, positions] are added up at their places, so each window of dy [N, C, …] is read by a filter for each place. */
export const Col2Im: Rule = ({ node, b, x, dy, inputs: [, size, block], numbers }) => {
  const lengths = numbers(size) ?? refuse(node, 'a constant image_shape');
  const kernel = numbers(block) ?? refuse(node, 'a constant block_shape');
  const count = kernel.reduce((a, length) => a * length, 1);
  const filters = b.op('EyeLike', [b.op('ConstantOfShape', [b.constant('int64', [count, count])])]);
  const planes = b.op('Reshape', [dy, b.constant('int64', [-1, 1, ...lengths])]);
  const windows = b.op('Conv', [planes, b.op('Reshape', [filters, b.constant('int64', [count, 1, ...kernel])])], {
    strides: numbersAttribute(node, 'strides', undefined),
    dilations: numbersAttribute(node, 'dilations', undefined),
    pads: numbersAttribute(node, 'pads', undefined),
  });
  return [reshapeLike(b, windows, x), undefined, undefined];
};
