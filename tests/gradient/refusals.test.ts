/** What a rule cannot do, it says: never a wrong gradient. */
import { expect, test } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
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
  ['Einsum', [3, 3], (b) => b.op('Einsum', ['x'], { equation: 'ii->i' }), /no letter twice/],
  [
    'Einsum',
    [2, 3],
    (b) => b.op('Einsum', ['x', weights(b, [1, 3])], { equation: '...i,...i->...' }),
    /inputs of one length along 'Z'/,
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
