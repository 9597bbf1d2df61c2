/**
 * Cases of operators that ONNX Runtime quantises whole, held to the operators on floats that they stand for. Inputs lie on
 * the steps that they are rounded to, so that only the result is rounded.
 */
import type { AttributeValues, Builder } from '../../dist/src/onnx/builder.js';
import { noise } from '../toy-model.ts';
import { type RuleCase, weights } from './rule-case.ts';

const STEP = 1 / 64;
const X = [2, 3, 8];
const IMAGE = [2, 4, 5, 5];
const scale = (b: Builder) => b.constant('float32', STEP);
const zero = (b: Builder) => b.constant('uint8', 128);
const input = (b: Builder) => [scale(b), zero(b)];
/** Steps wide enough for any result. */
const result = (b: Builder) => [b.constant('float32', 1 / 8), b.constant('uint8', 120)];
const onSteps = (value: number) => Math.round(value / STEP) * STEP;
const quantised = (b: Builder, x: string) => b.op('QuantizeLinear', [x, ...input(b)]);
const restored = (b: Builder, y: string) => b.op('DequantizeLinear', [y, ...result(b)]);
const wholeNumbers = (shape: readonly number[]) => [...noise(shape, 3).data].map((value) => Math.round(60 * value));
const bytes = (b: Builder, shape: readonly number[]) => b.constant('int8', wholeNumbers(shape), shape);
const scaleAt = (channel: number) => 2 ** -(5 + (channel % 2));
const zeroAt = (channel: number) => channel - 1;
const perChannel = (b: Builder, channels: number) => [
  b.constant(
    'float32',
    Array.from({ length: channels }, (_, at) => scaleAt(at)),
  ),
  b.constant(
    'int8',
    Array.from({ length: channels }, (_, at) => zeroAt(at)),
  ),
];
/** The same weights as floats: ONNX Runtime multiplies by quantised ones only roughly. `stride` is how far channels lie apart. */
const floats = (b: Builder, shape: readonly number[], channels: number, stride: number) => {
  const channelOf = (at: number) => Math.floor(at / stride) % channels;
  const values = wholeNumbers(shape).map((value, at) => (value - zeroAt(channelOf(at))) * scaleAt(channelOf(at)));
  return b.constant('float32', values, shape);
};
const MICROSOFT = 'com.microsoft';

interface Row {
  readonly operator: string;
  readonly variant: string;
  readonly shapes: RuleCase['shapes'];
  /** The node, given its quantised inputs. */
  readonly node: (b: Builder, inputs: readonly string[]) => string;
  readonly truth: (b: Builder, inputs: readonly string[]) => string;
  /** Whether the result is a float already. */
  readonly single?: boolean;
}

const row = ({ operator, variant, shapes, node, truth, single }: Row): RuleCase => ({
  operator,
  variant,
  shapes,
  domain: onSteps,
  build: (b, inputs) => {
    const y = node(
      b,
      inputs.map((x) => quantised(b, x)),
    );
    return single ? y : restored(b, y);
  },
  truth,
});

const one = (
  operator: string,
  variant: string,
  shape: number[],
  sibling: RuleCase['truth'],
  attributes: AttributeValues = {},
) =>
  row({
    operator: `${MICROSOFT}.${operator}`,
    variant,
    shapes: [shape],
    node: (b, [x]) => b.op(operator, [x!, ...input(b), ...result(b)], attributes, MICROSOFT),
    truth: sibling!,
  });
const two = (operator: string, sibling: string) =>
  row({
    operator: `${MICROSOFT}.${operator}`,
    variant: 'broadcast',
    shapes: [X, [3, 1]],
    node: (b, [x, z]) => b.op(operator, [x!, ...input(b), z!, ...input(b), ...result(b)], {}, MICROSOFT),
    truth: (b, inputs) => b.op(sibling, inputs),
  });

const WINDOWS = { pads: [1, 0, 1, 0], strides: [2, 1], group: 2 };
const POOL = { kernel_shape: [2, 2], strides: [2, 1] };
const toLast = (b: Builder, x: string) => b.op('Transpose', [x], { perm: [0, 2, 3, 1] });
const toFirst = (b: Builder, x: string) => b.op('Transpose', [x], { perm: [0, 3, 1, 2] });
const BIAS = [40, -30, 20, 10, 0, -60];
const bias = (b: Builder) => b.constant('int32', BIAS);
/** The bias has the product's steps. */
const biasOf = (b: Builder, scales: readonly string[]) =>
  b.op('Mul', [b.op('Cast', [bias(b)], { to: 1 }), b.op('Mul', [scale(b), scales[0]!])]);

const gemm = (single: boolean) =>
  row({
    operator: `${MICROSOFT}.QGemm`,
    variant: single ? 'to floats' : 'quantised',
    shapes: [[3, 8]],
    single,
    node: (b, [x]) =>
      b.op(
        'QGemm',
        [x!, ...input(b), bytes(b, [6, 8]), ...perChannel(b, 6), bias(b), ...(single ? [] : result(b))],
        { transB: 1 },
        MICROSOFT,
      ),
    truth: (b, [x]) => b.op('Gemm', [x!, floats(b, [6, 8], 6, 8), biasOf(b, perChannel(b, 6))], { transB: 1 }),
  });

const attention = (variant: string, mask: (b: Builder) => string) =>
  row({
    operator: `${MICROSOFT}.QAttention`,
    variant,
    shapes: [X],
    single: true,
    node: (b, [x]) => {
      const [weightScale, weightZero] = perChannel(b, 1);
      const scales = [scale(b), weightScale!, mask(b), zero(b), weightZero!];
      return b.op('QAttention', [x!, bytes(b, [8, 24]), weights(b, [24]), ...scales], { num_heads: 2 }, MICROSOFT);
    },
    truth: (b, [x]) =>
      b.op('Attention', [x!, floats(b, [8, 24], 1, 1), weights(b, [24]), mask(b)], { num_heads: 2 }, MICROSOFT),
  });

export const QLINEAR_CASES: readonly RuleCase[] = [
  row({
    operator: 'QLinearConv',
    variant: 'a scale per channel, bias',
    shapes: [IMAGE],
    node: (b, [x]) =>
      b.op(
        'QLinearConv',
        [x!, ...input(b), bytes(b, [6, 2, 3, 3]), ...perChannel(b, 6), ...result(b), bias(b)],
        WINDOWS,
      ),
    truth: (b, [x]) => b.op('Conv', [x!, floats(b, [6, 2, 3, 3], 6, 18), biasOf(b, perChannel(b, 6))], WINDOWS),
  }),
  row({
    operator: 'QLinearConv',
    variant: 'one scale, no bias',
    shapes: [IMAGE],
    node: (b, [x]) => b.op('QLinearConv', [x!, ...input(b), bytes(b, [3, 4, 2, 2]), ...perChannel(b, 1), ...result(b)]),
    truth: (b, [x]) => b.op('Conv', [x!, floats(b, [3, 4, 2, 2], 1, 1)]),
  }),
  row({
    operator: 'QLinearMatMul',
    variant: 'weights',
    shapes: [X],
    node: (b, [x]) => b.op('QLinearMatMul', [x!, ...input(b), bytes(b, [8, 6]), ...perChannel(b, 6), ...result(b)]),
    truth: (b, [x]) => b.op('MatMul', [x!, floats(b, [8, 6], 6, 1)]),
  }),
  row({
    operator: 'QLinearMatMul',
    variant: 'two values',
    shapes: [X, [2, 8, 4]],
    node: (b, [x, z]) => b.op('QLinearMatMul', [x!, ...input(b), z!, ...input(b), ...result(b)]),
    truth: (b, inputs) => b.op('MatMul', inputs),
  }),
  gemm(false),
  gemm(true),
  two('QLinearAdd', 'Add'),
  two('QLinearMul', 'Mul'),
  one('QLinearSigmoid', 'plain', X, (b, [x]) => b.op('Sigmoid', [x!])),
  one(
    'QLinearLeakyRelu',
    'alpha',
    X,
    (b, [x]) => b.op('LeakyRelu', [b.op('Add', [x!, b.constant('float32', 1e-5)])], { alpha: { float: 0.25 } }),
    {
      alpha: { float: 0.25 },
    },
  ),
  one('QLinearSoftmax', 'axis 1', X, (b, [x]) => b.op('Softmax', [x!], { axis: 1 }), { opset: 13, axis: 1 }),
  one('QLinearSoftmax', 'before opset 13', X, (b, [x]) => b.op('Softmax', [x!]), { opset: 11, axis: 2 }),
  one('QLinearGlobalAveragePool', 'channels first', IMAGE, (b, [x]) => b.op('GlobalAveragePool', [x!])),
  one(
    'QLinearGlobalAveragePool',
    'channels last',
    IMAGE,
    (b, [x]) => toLast(b, b.op('GlobalAveragePool', [toFirst(b, x!)])),
    { channels_last: 1 },
  ),
  one('QLinearAveragePool', 'channels first', IMAGE, (b, [x]) => b.op('AveragePool', [x!], POOL), POOL),
  one(
    'QLinearAveragePool',
    'channels last',
    IMAGE,
    (b, [x]) => toLast(b, b.op('AveragePool', [toFirst(b, x!)], POOL)),
    {
      ...POOL,
      channels_last: 1,
    },
  ),
  row({
    operator: `${MICROSOFT}.QLinearConcat`,
    variant: 'two',
    shapes: [X, [2, 3, 2]],
    node: (b, [x, z]) =>
      b.op('QLinearConcat', [...result(b), x!, ...input(b), z!, ...input(b)], { axis: 2 }, MICROSOFT),
    truth: (b, inputs) => b.op('Concat', inputs, { axis: 2 }),
  }),
  row({
    operator: `${MICROSOFT}.QLinearWhere`,
    variant: 'two',
    shapes: [X, X],
    node: (b, [x, z]) => {
      const mask = b.constant('bool', [1, 0, 1], [3, 1]);
      return b.op('QLinearWhere', [mask, x!, ...input(b), z!, ...input(b), ...result(b)], {}, MICROSOFT);
    },
    truth: (b, inputs) => b.op('Where', [b.constant('bool', [1, 0, 1], [3, 1]), ...inputs]),
  }),
  row({
    operator: `${MICROSOFT}.MatMulIntegerToFloat`,
    variant: 'bias',
    shapes: [X],
    single: true,
    node: (b, [x]) => {
      const [weightScale, weightZero] = perChannel(b, 6);
      const scales = [scale(b), weightScale!, zero(b), weightZero!];
      return b.op('MatMulIntegerToFloat', [x!, bytes(b, [8, 6]), ...scales, weights(b, [6])], {}, MICROSOFT);
    },
    truth: (b, [x]) => b.op('MatMul', [x!, floats(b, [8, 6], 6, 1)]),
  }),
  {
    operator: `${MICROSOFT}.DynamicQuantizeMatMul`,
    variant: 'bias',
    shapes: [X],
    build: (b, [x]) =>
      b.op('DynamicQuantizeMatMul', [x!, bytes(b, [8, 6]), ...perChannel(b, 6), weights(b, [6])], {}, MICROSOFT),
    truth: (b, [x]) => b.op('MatMul', [x!, floats(b, [8, 6], 6, 1)]),
  },
  attention('no mask', () => ''),
  attention('mask of keys', (b) => b.constant('int32', [1, 1, 0, 1, 1, 1], [2, 3])),
  {
    operator: `${MICROSOFT}.QuantizeLinear`,
    variant: '16 bits',
    shapes: [X],
    build: (b, [x]) => {
      const scales = [b.constant('float32', 2 ** -14), b.constant('uint16', 30000)];
      return b.op(
        'DequantizeLinear',
        [b.op('QuantizeLinear', [x!, ...scales], {}, MICROSOFT), ...scales],
        {},
        MICROSOFT,
      );
    },
    truth: (b, [x]) => b.op('Identity', [x!]),
  },
  row({
    operator: `${MICROSOFT}.DequantizeLinear`,
    variant: 'to another step',
    shapes: [X],
    single: true,
    node: (b, [x]) => b.op('DequantizeLinear', [x!, b.constant('float32', 4 * STEP), zero(b)], {}, MICROSOFT),
    truth: (b, [x]) => b.op('Mul', [x!, b.constant('float32', 4)]),
  }),
];
