/** Cases of quantised operators, held to the operators on floats that they stand for. */
import type { AttributeValues, Builder } from '../../dist/src/onnx/builder.js';
import { noise } from '../toy-model.ts';
import type { RuleCase } from './rule-case.ts';

const STEP = 1 / 64;
const ZERO = 3;
const scalar = (b: Builder, value: number) => b.constant('float32', value);
const zero = (b: Builder) => b.constant('int8', ZERO);
const bytes = (b: Builder, shape: readonly number[], type: 'int8' | 'uint8' = 'int8') =>
  b.constant(
    type,
    [...noise(shape, 3).data].map((value) => Math.round(100 * value) + (type === 'uint8' ? 120 : 0)),
    shape,
  );
const floats = (b: Builder, constant: string, less: string) =>
  b.op('Sub', [b.op('Cast', [constant], { to: 1 }), b.op('Cast', [less], { to: 1 })]);

/** x, quantised, multiplied as whole numbers, and scaled back as dynamic quantisation does. */
const dynamic = (operator: string, shape: number[], weights: (b: Builder) => string, attributes = {}): RuleCase => ({
  operator,
  variant: 'after DynamicQuantizeLinear',
  shapes: [shape],
  build: (b, [x]) => {
    const [quantised, scale, zeroPoint] = b.ops(3, 'DynamicQuantizeLinear', [x!]);
    const inputs = [quantised!, weights(b), zeroPoint!, b.constant('uint8', 117)];
    return b.op('Mul', [b.op('Cast', [b.op(operator, inputs, attributes)], { to: 1 }), scale!]);
  },
  truth: (b, [x]) =>
    b.op(operator.replace('Integer', ''), [x!, floats(b, weights(b), b.constant('uint8', 117))], attributes),
});

const perChannel = (b: Builder) => [b.constant('float32', [1 / 64, 1 / 32, 1 / 128]), b.constant('int8', [0, 5, -7])];

/** Values quantised on the way that an operator only moves, or picks from: what stands for it is the operator on floats. */
const moved = (
  operator: string,
  shape: number[],
  constants: (b: Builder) => string[],
  attributes: AttributeValues = {},
): RuleCase => {
  const apply = (b: Builder, x: string) => b.op(operator, [x, ...constants(b)], attributes);
  return {
    operator,
    variant: 'of whole numbers',
    shapes: [shape],
    domain: (_, at) => ((at * 101) % 251) * STEP - 1.9,
    build: (b, [x]) => {
      const scales = [scalar(b, STEP), b.constant('uint8', 122)];
      return b.op('DequantizeLinear', [apply(b, b.op('QuantizeLinear', [x!, ...scales])), ...scales]);
    },
    truth: (b, [x]) => apply(b, x!),
  };
};
const lengths = (b: Builder, ...values: number[]) => [b.constant('int64', values)];

export const QUANTIZATION_CASES: readonly RuleCase[] = [
  {
    operator: 'QuantizeLinear',
    variant: 'there and back, some cut off',
    shapes: [[2, 20]],
    domain: (value) => 3 * value,
    build: (b, [x]) => {
      const scales = [scalar(b, STEP), zero(b)];
      return b.op('DequantizeLinear', [b.op('QuantizeLinear', [x!, ...scales]), ...scales]);
    },
    truth: (b, [x]) => b.op('Clip', [x!, scalar(b, (-128 - ZERO) * STEP), scalar(b, (127 - ZERO) * STEP)]),
  },
  {
    operator: 'QuantizeLinear',
    variant: 'from 0 on, in place of a Relu',
    shapes: [[2, 20]],
    domain: (value) => value / 8 + Math.sign(value) / 90,
    build: (b, [x]) => {
      const scales = [scalar(b, 1 / 8), b.constant('uint8', 0)];
      return b.op('DequantizeLinear', [b.op('QuantizeLinear', [x!, ...scales]), ...scales]);
    },
    truth: (b, [x]) => b.op('Relu', [x!]),
  },
  {
    operator: 'QuantizeLinear',
    variant: 'a scale per channel',
    shapes: [[2, 3, 4]],
    domain: (value) => value / 2,
    build: (b, [x]) => {
      const quantised = b.op('QuantizeLinear', [x!, ...perChannel(b)], { axis: -2 });
      return b.op('DequantizeLinear', [quantised, ...perChannel(b)], { axis: 1 });
    },
    truth: (b, [x]) => b.op('Identity', [x!]),
  },
  {
    operator: 'DequantizeLinear',
    variant: 'to another scale',
    shapes: [[2, 20]],
    build: (b, [x]) =>
      b.op('DequantizeLinear', [b.op('QuantizeLinear', [x!, scalar(b, STEP), zero(b)]), scalar(b, 2 * STEP), zero(b)]),
    truth: (b, [x]) => b.op('Mul', [x!, scalar(b, 2)]),
  },
  {
    operator: 'DynamicQuantizeLinear',
    variant: 'there and back',
    shapes: [[2, 20]],
    build: (b, [x]) => b.op('DequantizeLinear', b.ops(3, 'DynamicQuantizeLinear', [x!])),
    truth: (b, [x]) => b.op('Identity', [x!]),
  },
  moved('MaxPool', [1, 2, 6, 6], () => [], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  moved('Reshape', [2, 6], (b) => lengths(b, 3, -1)),
  moved('Transpose', [2, 3, 4], () => [], { perm: [2, 0, 1] }),
  moved('Slice', [2, 6], (b) => [...lengths(b, 1), ...lengths(b, 4), ...lengths(b, 1)]),
  moved('Resize', [1, 2, 3, 3], (b) => ['', b.constant('float32', [1, 1, 2, 2])], { mode: 'nearest' }),
  moved('Pad', [2, 3], (b) => lengths(b, 0, 1, 1, 2), { mode: 'edge' }),
  moved('Gather', [2, 5], (b) => lengths(b, 3, 1), { axis: 1 }),
  dynamic('MatMulInteger', [2, 3, 6], (b) => bytes(b, [6, 4], 'uint8')),
  dynamic('ConvInteger', [1, 2, 6, 6], (b) => bytes(b, [3, 2, 3, 3], 'uint8'), { pads: [1, 1, 1, 1], strides: [2, 1] }),
];
