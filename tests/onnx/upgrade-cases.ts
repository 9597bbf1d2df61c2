/** Models of older operator sets, for every operator whose form has changed since. */
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import type { Shape } from '../../dist/src/onnx/graph.js';
import { noise } from '../toy-model.ts';

export interface UpgradeCase {
  readonly of: string;
  readonly opset: number;
  readonly shape: readonly number[];
  readonly build: (b: Builder) => string | string[];
  readonly outputShapes?: readonly Shape[];
}

const weights = (b: Builder, shape: readonly number[], seed: number) =>
  b.constant('float32', Array.from(noise(shape, seed).data), shape);
export const batchNorm = (b: Builder, extra: { readonly [name: string]: number }) =>
  b.op(
    'BatchNormalization',
    ['x', weights(b, [3], 1), weights(b, [3], 2), weights(b, [3], 3), b.constant('float32', [1, 2, 3])],
    extra,
  );
export const image = [2, 3, 5, 7];

export const upgradeCases: readonly UpgradeCase[] = [
  ...['Softmax', 'LogSoftmax', 'Hardmax'].flatMap((op) => [
    { of: `${op}, axes from 1 on together`, opset: 7, shape: image, build: (b: Builder) => b.op(op, ['x']) },
    {
      of: `${op}, axes from 2 on together`,
      opset: 11,
      shape: image,
      build: (b: Builder) => b.op(op, ['x'], { axis: 2 }),
    },
    {
      of: `${op}, axes from −2 on together`,
      opset: 12,
      shape: image,
      build: (b: Builder) => b.op(op, ['x'], { axis: -2 }),
    },
    { of: `${op}, last axis`, opset: 11, shape: image, build: (b: Builder) => b.op(op, ['x'], { axis: -1 }) },
    {
      of: `${op}, two axes`,
      opset: 9,
      shape: [2, 5],
      build: (b: Builder) => b.op(op, ['x']),
      outputShapes: [['N', 5]],
    },
    { of: `${op}, since 13`, opset: 13, shape: image, build: (b: Builder) => b.op(op, ['x'], { axis: 1 }) },
  ]),
  {
    of: 'Squeeze and Unsqueeze',
    opset: 12,
    shape: [2, 1, 3, 1],
    build: (b) => b.op('Unsqueeze', [b.op('Squeeze', ['x'], { axes: [1] })], { axes: [0, 2] }),
  },
  { of: 'Squeeze of all', opset: 11, shape: [2, 1, 3, 1], build: (b) => b.op('Squeeze', ['x']) },
  { of: 'ReduceSum', opset: 11, shape: image, build: (b) => b.op('ReduceSum', ['x'], { axes: [1, 3], keepdims: 0 }) },
  ...['L1', 'L2', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].flatMap((kind) => [
    {
      of: `Reduce${kind}`,
      opset: 13,
      shape: image,
      build: (b: Builder) => b.op(`Reduce${kind}`, ['x'], { axes: [2, 3], keepdims: 0 }),
    },
    { of: `Reduce${kind} of all`, opset: 17, shape: image, build: (b: Builder) => b.op(`Reduce${kind}`, ['x']) },
  ]),
  {
    of: 'ReduceLogSum',
    opset: 13,
    shape: image,
    build: (b) => b.op('ReduceLogSum', [b.op('Abs', ['x'])], { axes: [1] }),
  },
  { of: 'Clip', opset: 10, shape: image, build: (b) => b.op('Clip', ['x'], { min: float(-0.5), max: float(0.25) }) },
  { of: 'Clip above', opset: 7, shape: image, build: (b) => b.op('Clip', ['x'], { max: float(0) }) },
  { of: 'Clip of nothing', opset: 7, shape: image, build: (b) => b.op('Clip', ['x']) },
  { of: 'Dropout', opset: 7, shape: image, build: (b) => b.op('Dropout', ['x'], { ratio: float(0.9) }) },
  { of: 'Dropout', opset: 10, shape: image, build: (b) => b.op('Dropout', ['x'], { ratio: float(0.9) }) },
  { of: 'BatchNormalization', opset: 7, shape: image, build: (b) => batchNorm(b, { spatial: 1 }) },
  { of: 'BatchNormalization', opset: 9, shape: image, build: (b) => batchNorm(b, {}) },
  {
    of: 'Upsample, nearest',
    opset: 7,
    shape: image,
    build: (b) => b.op('Upsample', ['x'], { mode: 'nearest', scales: float([1, 1, 2, 3]) }),
  },
  {
    of: 'Upsample, linear',
    opset: 7,
    shape: image,
    build: (b) => b.op('Upsample', ['x'], { mode: 'linear', scales: float([1, 1, 2, 2]) }),
  },
  {
    of: 'Upsample, fractional',
    opset: 9,
    shape: image,
    build: (b) => b.op('Upsample', ['x', b.constant('float32', [1, 1, 1.5, 2.5])]),
  },
  {
    of: 'Resize, growing',
    opset: 10,
    shape: image,
    build: (b) => b.op('Resize', ['x', b.constant('float32', [1, 1, 1.7, 2.3])]),
  },
  {
    of: 'Resize, shrinking',
    opset: 10,
    shape: [2, 3, 9, 11],
    build: (b) => b.op('Resize', ['x', b.constant('float32', [1, 1, 0.4, 0.6])]),
  },
  {
    of: 'Resize, linear',
    opset: 10,
    shape: image,
    build: (b) => b.op('Resize', ['x', b.constant('float32', [1, 1, 2, 2])], { mode: 'linear' }),
  },
  {
    of: 'Resize by sizes',
    opset: 11,
    shape: image,
    build: (b) =>
      b.op('Resize', ['x', b.constant('float32', []), b.constant('float32', []), b.constant('int64', [2, 3, 9, 9])], {
        mode: 'linear',
      }),
  },
  {
    of: 'Resize, cubic',
    opset: 13,
    shape: image,
    build: (b) =>
      b.op('Resize', ['x', '', b.constant('float32', [1, 1, 2, 2])], { mode: 'cubic', cubic_coeff_a: float(-0.5) }),
  },
  {
    of: 'Pad',
    opset: 10,
    shape: image,
    build: (b) => b.op('Pad', ['x'], { pads: [0, 0, 1, 2, 0, 0, 3, 0], value: float(0.5) }),
  },
  {
    of: 'Pad, reflecting',
    opset: 7,
    shape: image,
    build: (b) => b.op('Pad', ['x'], { pads: [0, 0, 1, 2, 0, 0, 2, 0], mode: 'reflect' }),
  },
  {
    of: 'Slice',
    opset: 9,
    shape: image,
    build: (b) => b.op('Slice', ['x'], { starts: [1, -4], ends: [3, 2 ** 53 - 1], axes: [1, 3] }),
  },
  {
    of: 'Slice of leading axes',
    opset: 7,
    shape: image,
    build: (b) => b.op('Slice', ['x'], { starts: [1], ends: [2] }),
  },
  { of: 'TopK', opset: 9, shape: image, build: (b) => b.ops(2, 'TopK', ['x'], { k: 2, axis: 3 })[0]! },
  {
    of: 'Split by lengths',
    opset: 11,
    shape: image,
    build: (b) => b.ops(2, 'Split', ['x'], { axis: 3, split: [3, 4] }),
  },
  { of: 'Split in equal parts', opset: 12, shape: [2, 6], build: (b) => b.ops(3, 'Split', ['x'], { axis: 1 }) },
  { of: 'Split in equal parts', opset: 17, shape: [2, 6], build: (b) => b.ops(2, 'Split', ['x'], { axis: -1 }) },
  {
    of: 'Scatter',
    opset: 9,
    shape: [3, 3],
    build: (b) => b.op('Scatter', ['x', b.constant('int64', [1, 0, 2, 0, 2, 1], [2, 3]), weights(b, [2, 3], 4)]),
  },
  {
    of: 'GroupNormalization',
    opset: 18,
    shape: [2, 6, 3, 3],
    build: (b) => b.op('GroupNormalization', ['x', weights(b, [2], 1), weights(b, [2], 2)], { num_groups: 2 }),
  },
  {
    of: 'GridSample',
    opset: 16,
    shape: image,
    build: (b) => b.op('GridSample', ['x', weights(b, [2, 4, 4, 2], 5)], { mode: 'bilinear' }),
  },
  {
    of: 'GridSample, cubic',
    opset: 16,
    shape: image,
    build: (b) => b.op('GridSample', ['x', weights(b, [2, 4, 4, 2], 5)], { mode: 'bicubic' }),
  },
  {
    of: 'RoiAlign',
    opset: 10,
    shape: image,
    build: (b) =>
      b.op('RoiAlign', ['x', b.constant('float32', [0, 0, 4, 3], [1, 4]), b.constant('int64', [1])], {
        output_height: 2,
        output_width: 2,
      }),
  },
  ...[7, 10, 12, 19].flatMap((opset) => [
    {
      of: 'MaxPool',
      opset,
      shape: image,
      build: (b: Builder) => b.op('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    },
    {
      of: 'AveragePool',
      opset,
      shape: image,
      build: (b: Builder) =>
        b.op('AveragePool', ['x'], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    },
    {
      of: 'AveragePool, uncounted padding',
      opset,
      shape: image,
      build: (b: Builder) =>
        b.op('AveragePool', ['x'], { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
    },
  ]),
  ...[10, 11, 19].flatMap((opset) => [
    {
      of: 'AveragePool rounding up',
      opset,
      shape: [2, 3, 6, 6],
      build: (b: Builder) => b.op('AveragePool', ['x'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
    },
    {
      of: 'AveragePool rounding up, counting padding',
      opset,
      shape: [2, 3, 6, 6],
      build: (b: Builder) =>
        b.op('AveragePool', ['x'], {
          kernel_shape: [3, 3],
          strides: [2, 2],
          ceil_mode: 1,
          pads: [1, 1, 1, 1],
          count_include_pad: 1,
        }),
    },
    {
      of: 'MaxPool rounding up',
      opset,
      shape: [2, 3, 6, 6],
      build: (b: Builder) => b.op('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
    },
  ]),
];
