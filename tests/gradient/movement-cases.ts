/** Cases of operators that move values. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import { ints, mixed, type Options, plain, type RuleCase } from './rule-case.ts';

const slice = (
  variant: string,
  shape: readonly number[],
  starts: number[],
  ends: number[],
  axes?: number[],
  steps?: number[],
  options: Options = {},
) =>
  mixed(
    'Slice',
    variant,
    [shape],
    (b) => [starts, ends, axes, steps].map((values) => (values ? ints(b, values) : '')),
    {},
    options,
  );

export const MOVEMENT_CASES: readonly RuleCase[] = [
  mixed('CastLike', 'same type', [[2, 3]], (b) => [b.constant('float32', 0)]),
  {
    operator: 'CastLike',
    variant: 'to double and back',
    shapes: [[2, 3]],
    build: (b, [x]) => b.op('CastLike', [b.op('Exp', [b.op('CastLike', [x!, b.constant('float64', 0)])]), x!]),
  },
  mixed('ReverseSequence', 'by default', [[4, 3, 2]], (b) => [ints(b, [1, 4, 3])]),
  mixed('ReverseSequence', 'batch first', [[3, 4]], (b) => [ints(b, [2, 4, 3])], { batch_axis: 0, time_axis: 1 }),
  mixed('CenterCropPad', 'odd, some axes', [[2, 5, 4]], (b) => [ints(b, [2, 7])], { axes: [1, -1] }),
  mixed('CenterCropPad', 'all axes', [[5, 4]], (b) => [ints(b, [8, 1])]),
  mixed('Reshape', 'merge', [[2, 3, 4]], (b) => [ints(b, [0, -1])]),
  plain('Flatten', 'axis 1', [[2, 3, 4]]),
  mixed('Squeeze', 'two axes', [[2, 1, 3, 1]], (b) => [ints(b, [1, 3])]),
  mixed('Unsqueeze', 'two axes', [[2, 3]], (b) => [ints(b, [0, -1])]),
  plain('Transpose', 'cycle', [[2, 3, 4, 5]], { perm: [0, 2, 3, 1] }),
  plain('Transpose', 'reversed', [[2, 3, 4]]),
  mixed('Expand', 'new axis', [[3, 1]], (b) => [ints(b, [2, 3, 4])]),
  plain(
    'Concat',
    'channels',
    [
      [2, 3, 4],
      [2, 1, 4],
      [2, 2, 4],
    ],
    { axis: 1 },
  ),
  plain(
    'Concat',
    'negative axis, dynamic',
    [
      [2, 3],
      [2, 4],
    ],
    { axis: -1 },
    {
      declared: [
        ['n', 'a'],
        ['n', 'b'],
      ],
    },
  ),
  {
    operator: 'Split',
    variant: 'one part unused',
    shapes: [[2, 6]],
    build: (b: Builder, [x]: readonly string[]) => {
      const [, second, third] = b.ops(3, 'Split', [x, ints(b, [1, 2, 3])], { axis: 1 });
      return b.op('Concat', [third, second, third], { axis: 1 });
    },
  },
  slice('inside', [2, 5, 6], [1, 2], [4, 100], [1, 2]),
  slice('negative ends, no axes', [5, 6], [-4, 0], [-1, -2]),
  slice('steps', [2, 7, 8], [0, 1], [7, 8], [1, 2], [2, 3]),
  slice('backwards', [2, 7], [-1], [-100], [1], [-2]),
  slice('whole dynamic axis', [2, 7], [0, 1], [Number.MAX_SAFE_INTEGER, 3], [0, 1], [1, 1], { declared: [['n', 7]] }),
  {
    operator: 'Slice',
    variant: 'between transposes, which ONNX Runtime moves through the gradient',
    shapes: [[1, 3, 4, 5]],
    build: (b: Builder, [x]: readonly string[]) => {
      const last = b.op('Transpose', [x!], { perm: [0, 2, 3, 1] });
      const rolled = b.op('Slice', [last, ints(b, [1]), ints(b, [3]), ints(b, [1])]);
      return b.op('Transpose', [rolled], { perm: [0, 3, 1, 2] });
    },
  },
  {
    operator: 'Slice',
    variant: 'ends computed from the shape',
    shapes: [[2, 6]],
    build: (b: Builder, [x]: readonly string[]) => {
      const half = b.op('Div', [b.op('Shape', [x!], { start: 1 }), ints(b, [2])]);
      return b.op('Slice', [x!, half, b.op('Shape', [x!], { start: 1 }), ints(b, [1])]);
    },
  },
];
