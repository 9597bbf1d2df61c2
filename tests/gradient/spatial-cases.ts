/** Cases of convolutions, pools and normalizations. */
import { float } from '../../dist/src/onnx/builder.js';
import { type Attributes, awayFromZero, mixed, plain, type RuleCase, spread, weights } from './rule-case.ts';

const conv = (variant: string, x: readonly number[], w: readonly number[], attributes: Attributes = {}) =>
  mixed('Conv', variant, [x], (b) => [weights(b, w), weights(b, [w[0]!], 5)], attributes);
const convTranspose = (variant: string, x: readonly number[], w: readonly number[], attributes: Attributes = {}) =>
  mixed('ConvTranspose', variant, [x], (b) => [weights(b, w)], attributes);

const CONVOLUTIONS = [
  conv('1x1', [2, 3, 4, 4], [5, 3, 1, 1]),
  conv('3x3, pads', [2, 3, 6, 5], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('asymmetric pads, stride 2', [2, 3, 8, 7], [4, 3, 3, 3], { pads: [0, 0, 1, 1], strides: [2, 2] }),
  conv('depthwise', [2, 4, 6, 6], [4, 1, 3, 3], { pads: [1, 1, 1, 1], group: 4 }),
  conv('groups, stride 2', [2, 4, 7, 7], [6, 2, 3, 3], { pads: [1, 1, 1, 1], group: 2, strides: [2, 2] }),
  conv('groups', [2, 4, 5, 5], [6, 2, 3, 2], { group: 2 }),
  conv('dilation', [1, 2, 9, 9], [3, 2, 3, 3], { dilations: [2, 3], pads: [2, 0, 2, 1] }),
  conv('dilation, stride', [1, 2, 9, 9], [3, 2, 3, 3], { dilations: [2, 2], strides: [3, 2] }),
  conv('1x1, pads beyond the kernel', [1, 2, 3, 3], [3, 2, 1, 1], { pads: [1, 1, 1, 1] }),
  conv('SAME_UPPER', [1, 2, 7, 8], [3, 2, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  conv('SAME_LOWER', [1, 2, 7, 8], [3, 2, 4, 4], { auto_pad: 'SAME_LOWER' }),
  conv('VALID, rows never reached', [1, 2, 9, 8], [3, 2, 2, 2], { auto_pad: 'VALID', strides: [3, 3] }),
  conv('one dimension', [2, 3, 9], [4, 3, 3], { strides: [2], pads: [1, 1] }),
  conv('three dimensions', [1, 2, 4, 4, 4], [3, 2, 2, 2, 2]),
  convTranspose('stride 2', [2, 3, 4, 5], [3, 4, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  convTranspose('SAME_UPPER', [1, 2, 4, 5], [2, 3, 3, 4], { strides: [2, 3], auto_pad: 'SAME_UPPER' }),
  convTranspose('SAME_LOWER', [1, 2, 4, 5], [2, 3, 4, 3], { strides: [3, 2], auto_pad: 'SAME_LOWER' }),
  convTranspose('VALID', [1, 2, 4, 5], [2, 3, 3, 3], { auto_pad: 'VALID', strides: [2, 2] }),
  convTranspose('output_shape', [1, 2, 4, 5], [2, 3, 3, 3], { output_shape: [8, 9], strides: [2, 2] }),
  ...[
    plain('Conv', 'weights and bias computed', [[2, 3, 6, 5], [4, 3, 3, 2], [4]], { pads: [1, 0, 1, 1] }),
    plain(
      'Conv',
      'weights computed, stride, dilation',
      [
        [2, 2, 9, 9],
        [3, 2, 2, 3],
      ],
      { strides: [2, 3], dilations: [2, 1] },
    ),
    plain(
      'Conv',
      'weights computed, groups',
      [
        [2, 4, 6, 6],
        [6, 2, 3, 3],
      ],
      { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    plain('ConvTranspose', 'weights and bias computed, groups', [[2, 4, 3, 4], [4, 2, 3, 3], [4]], {
      group: 2,
      strides: [2, 2],
      pads: [1, 1, 0, 1],
    }),
  ],
  convTranspose('output_padding, groups', [1, 4, 4, 4], [4, 2, 3, 3], {
    strides: [2, 2],
    group: 2,
    output_padding: [1, 1],
  }),
];

const POOLS = [
  plain('MaxPool', '2x2', [[2, 3, 6, 6]], { kernel_shape: [2, 2], strides: [2, 2] }, { domain: spread }),
  plain(
    'MaxPool',
    '3x3 stride 2, pads',
    [[2, 3, 7, 7]],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { domain: spread },
  ),
  plain('MaxPool', 'ceil', [[2, 2, 6, 7]], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, { domain: spread }),
  plain(
    'MaxPool',
    'SAME_UPPER',
    [[1, 2, 5, 6]],
    { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' },
    { domain: spread },
  ),
  plain('MaxPool', 'dilation', [[1, 2, 7, 7]], { kernel_shape: [2, 2], dilations: [3, 2] }, { domain: spread }),
  plain('AveragePool', '2x2', [[2, 3, 6, 6]], { kernel_shape: [2, 2], strides: [2, 2] }),
  plain('AveragePool', 'pads left out', [[2, 3, 7, 6]], { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] }),
  plain('AveragePool', 'pads counted', [[2, 3, 7, 6]], {
    kernel_shape: [3, 3],
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  }),
  plain('AveragePool', 'ceil', [[1, 2, 6, 6]], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  plain('AveragePool', 'ceil, pads counted', [[1, 2, 6, 6]], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    ceil_mode: 1,
    count_include_pad: 1,
  }),
  plain('AveragePool', 'SAME_LOWER', [[1, 2, 6, 5]], { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  plain('AveragePool', 'rows never reached', [[1, 2, 8, 8]], { kernel_shape: [2, 2], strides: [3, 3] }),
  ...[1, 2, 3].map((p) =>
    plain(
      'LpPool',
      `p ${p}`,
      [[2, 2, 6, 5]],
      { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1], p },
      { domain: awayFromZero },
    ),
  ),
  ...[1, 2, 3].map((p) => plain('GlobalLpPool', `p ${p}`, [[2, 2, 3, 4]], { p }, { domain: awayFromZero })),
  plain('GlobalAveragePool', 'plane', [[2, 3, 4, 5]]),
  plain('GlobalMaxPool', 'plane', [[2, 3, 4, 5]], {}, { domain: spread }),
];

const NORMALIZATIONS = [
  mixed(
    'BatchNormalization',
    'inference',
    [[2, 3, 4, 4]],
    (b) => [weights(b, [3]), weights(b, [3], 4), weights(b, [3], 5), b.constant('float32', [0.5, 1, 2])],
    { epsilon: float(0.01) },
  ),
  mixed('LayerNormalization', 'last axis', [[2, 3, 8]], (b) => [weights(b, [8]), weights(b, [8], 4)]),
  mixed('LayerNormalization', 'from axis 1', [[2, 3, 8]], (b) => [weights(b, [3, 8])], {
    axis: 1,
    epsilon: float(0.01),
  }),
  mixed('InstanceNormalization', 'plane', [[2, 3, 4, 4]], (b) => [weights(b, [3]), weights(b, [3], 4)]),
  mixed('GroupNormalization', 'two groups', [[2, 4, 3, 3]], (b) => [weights(b, [4]), weights(b, [4], 4)], {
    num_groups: 2,
  }),
  mixed('SimplifiedLayerNormalization', 'last axis', [[2, 3, 8]], (b) => [weights(b, [8])], { epsilon: float(0.1) }),
  mixed('RMSNormalization', 'last axis', [[2, 3, 8]], (b) => [weights(b, [8])], {}, { opset: 23 }),
  mixed(
    'RMSNormalization',
    'from axis 1',
    [[2, 3, 4]],
    (b) => [weights(b, [3, 4])],
    { axis: 1, epsilon: float(0.01) },
    { opset: 23 },
  ),
  plain('MeanVarianceNormalization', 'default', [[2, 3, 4, 4]]),
  plain('MeanVarianceNormalization', 'space', [[2, 3, 4, 4]], { axes: [2, 3] }),
  ...[1, 2].flatMap((p) => [
    plain('LpNormalization', `p ${p}`, [[2, 3, 5]], { p }, { domain: awayFromZero }),
    plain('LpNormalization', `p ${p}, axis 1`, [[2, 3, 5]], { p, axis: 1 }, { domain: awayFromZero }),
  ]),
  plain('LRN', 'odd size', [[2, 7, 2, 2]], { size: 3, alpha: float(0.5), beta: float(0.75), bias: float(2) }),
  plain('LRN', 'size 5', [[2, 7, 2, 2]], { size: 5, alpha: float(0.5) }),
];

export const SPATIAL_CASES: readonly RuleCase[] = [...CONVOLUTIONS, ...POOLS, ...NORMALIZATIONS];
