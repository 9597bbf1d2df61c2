/** What a rule cannot do, it says: never a wrong gradient. */
import { expect, test } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import { type AttributeValues, type Builder, float } from '../../dist/src/onnx/builder.js';
import { decompose } from '../../dist/src/onnx/decompose.js';
import type { Shape } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { toyGraph } from '../toy-model.ts';
import { ints, weights } from './rule-case.ts';

const scalar = (b: Builder, value: number) => b.constant('float32', value);

test.each<[string, Shape, (b: Builder) => string, RegExp]>([
  [
    'Resize',
    [1, 1, 4, 4],
    (b) =>
      b.op('Resize', ['x', b.constant('float32', [0, 0, 0, 0, 1, 1, 1, 1]), '', ints(b, [1, 1, 2, 2])], {
        mode: 'linear',
        coordinate_transformation_mode: 'tf_crop_and_resize',
      }),
    /another coordinate_transformation_mode/,
  ],
  [
    'Resize',
    [1, 1, 4, 4],
    (b) => b.op('Resize', ['x', '', '', ints(b, [8, 6])], { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }),
    /'stretch' instead of 'not_larger'/,
  ],
  [
    'Resize',
    [1, 1, 4, 5],
    (b) => b.op('Resize', ['x', '', b.constant('float32', [1, 1, 1.125, 2])], { mode: 'linear' }),
    /a scale that changes the length, not 1.125/,
  ],
  [
    'MaxPool',
    [1, 2, 4, 4],
    (b) => b.op('MaxPool', ['x'], { kernel_shape: [2, 2], storage_order: 1 }),
    /places counted row by row/,
  ],
  [
    'AveragePool',
    [1, 2, 4, 4],
    (b) => b.op('AveragePool', ['x'], { kernel_shape: [200_000, 200_000], pads: Array(4).fill(100_000) }),
    /windows of at most 2²² values/,
  ],
  [
    'LpPool',
    [1, 2, 4, 4],
    (b) => b.op('LpPool', ['x'], { kernel_shape: [9, 9], pads: Array(4).fill(1_000_000) }),
    /windows of at most 2²² values/,
  ],
  ['Einsum', [3, 3], (b) => b.op('Einsum', ['x'], { equation: 'ii->i' }), /no letter twice/],
  [
    'Einsum',
    ['n', 3],
    (b) => b.op('Einsum', ['x', b.op('Shape', ['x'])], { equation: 'ni,n->i' }),
    /inputs of one length along 'n'/,
  ],
  [
    'ScatterElements',
    [2, 3],
    (b) =>
      b.op('ScatterElements', ['x', b.constant('int64', [0, 1], [1, 2]), weights(b, [1, 2])], { reduction: 'mul' }),
    /'none' or 'add' instead of 'mul'/,
  ],
  [
    'ConvTranspose',
    [1, 2, 3, 3],
    (b) => b.op('ConvTranspose', ['x', weights(b, [2, 1, 2, 2])], { strides: [3, 3], output_shape: [9, 9] }),
    /an output_shape that the windows reach/,
  ],
  [
    'Conv',
    [1, 2, 'h', 'w'],
    (b) => b.op('Conv', ['x', weights(b, [2, 2, 2, 2])], { strides: [2, 2] }),
    /height and width of '.*' known beforehand/,
  ],
  [
    'DepthToSpace',
    [1, 'c', 2, 2],
    (b) => b.op('DepthToSpace', ['x'], { blocksize: 2, mode: 'CRD' }),
    /a number of channels known beforehand/,
  ],
  [
    'DequantizeLinear',
    [2, 4],
    (b) => {
      const scales = b.constant('float32', Array(4).fill(0.1), [2, 2]);
      return b.op('DequantizeLinear', [b.op('QuantizeLinear', ['x', scalar(b, 0.1)]), scales], { block_size: 2 });
    },
    /one scale, or one for each index along an axis/,
  ],
])('%s %j', (operator, shape, build, reason) => {
  const graph = inferShapes(toyGraph({ inputs: { x: shape }, build, outputs: ['y'] }));
  const differentiate = () => backwardGraph(graph, { output: 'y', wrt: ['x'] });
  expect(differentiate).toThrow(expect.objectContaining({ code: 'ERR_OPERATOR' }));
  expect(differentiate).toThrow(reason);
  expect(differentiate).toThrow(new RegExp(`gradient of ${operator} `));
});

const own = (b: Builder, op: string, inputs: string[], attributes: AttributeValues = {}) =>
  b.op(op, inputs, attributes, 'com.microsoft');
const past = (b: Builder) => weights(b, [2, 1, 2, 4, 4]);
const packed = (b: Builder) => ['x', weights(b, [8, 24]), weights(b, [24])];
const TOKENS = [1, 3, 8];

test.each<[string, string, Shape, (b: Builder) => string]>([
  [
    'com.microsoft.Attention',
    'a cache',
    TOKENS,
    (b) => own(b, 'Attention', [...packed(b), '', past(b)], { num_heads: 2 }),
  ],
  [
    'com.microsoft.Attention',
    'rotation',
    TOKENS,
    (b) => own(b, 'Attention', packed(b), { num_heads: 2, do_rotary: 1 }),
  ],
  [
    'com.microsoft.Attention',
    'a mask of its own kind',
    TOKENS,
    (b) => own(b, 'Attention', [...packed(b), b.constant('int32', [1, 3, 0])], { num_heads: 2 }),
  ],
  [
    'com.microsoft.MultiHeadAttention',
    'Q, K, V in one',
    [1, 3, 2, 3, 4],
    (b) => own(b, 'MultiHeadAttention', ['x'], { num_heads: 2 }),
  ],
  [
    'Attention',
    'scores as an output',
    [1, 2, 3, 4],
    (b) => {
      const [y, , , scores] = b.ops(4, 'Attention', ['x', 'x', 'x']);
      return b.op('Add', [y!, b.op('ReduceSum', [scores!])]);
    },
  ],
  [
    'com.microsoft.RotaryEmbedding',
    'a scale',
    TOKENS,
    (b) =>
      own(b, 'RotaryEmbedding', ['x', ints(b, [0]), weights(b, [6, 2]), weights(b, [6, 2])], {
        num_heads: 2,
        scale: float(2),
      }),
  ],
  [
    'com.microsoft.FusedConv',
    'another activation',
    [1, 2, 3, 3],
    (b) => own(b, 'FusedConv', ['x', weights(b, [2, 2, 2, 2])], { activation: 'Selu' }),
  ],
  ['GridSample', 'cubic', [1, 1, 3, 3], (b) => b.op('GridSample', ['x', weights(b, [1, 2, 2, 2])], { mode: 'cubic' })],
  ['GridSample', 'a volume', [1, 1, 3, 3, 3], (b) => b.op('GridSample', ['x', weights(b, [1, 2, 2, 2, 3])])],
  [
    'SequenceAt',
    'a computed place',
    [2, 3],
    (b) =>
      b.op('SequenceAt', [
        b.op('SplitToSequence', ['x']),
        b.op('Cast', [b.op('ReduceMax', ['x'], { keepdims: 0 })], { to: 7 }),
      ]),
  ],
])('%s with %s', (operator, _, shape, build) => {
  const graph = decompose(toyGraph({ inputs: { x: shape }, build, outputs: ['y'] }));
  expect(() => backwardGraph(graph, { output: 'y', wrt: ['x'] })).toThrow(
    new RegExp(`1 × ${operator.replaceAll('.', '\\.')}, in a form without one, \\(`),
  );
});

test('a quantised operator without a rule names the float sibling', () => {
  const build = (b: Builder) => own(b, 'MatMulBnb4', ['x', b.constant('uint8', [1]), weights(b, [1])]);
  const graph = decompose(toyGraph({ inputs: { x: [2, 3] }, build, outputs: ['y'] }));
  expect(() => backwardGraph(graph, { output: 'y', wrt: ['x'] })).toThrow(
    /com\.microsoft\.MatMulBnb4 \(.*\)\. Use the float32 file of this model for gradients\. Methods without/,
  );
});
