/** Cases of operators that lay values out anew, repeat them, sum them up along an axis, or resize. */
import type { AttributeValues } from '../../dist/src/onnx/builder.js';
import { float } from '../../dist/src/onnx/builder.js';
import { ints, mixed, type Options, plain, type RuleCase } from './rule-case.ts';

const scaled = (
  variant: string,
  shape: number[],
  scales: number[],
  attributes: AttributeValues,
  options: Options = {},
) => mixed('Resize', variant, [shape], (b) => ['', b.constant('float32', scales)], attributes, options);
const sized = (variant: string, shape: number[], sizes: number[], attributes: AttributeValues, options: Options = {}) =>
  mixed('Resize', variant, [shape], (b) => ['', '', ints(b, sizes)], attributes, options);

const RESIZES = [
  ...['asymmetric', 'half_pixel', 'pytorch_half_pixel', 'align_corners', 'half_pixel_symmetric'].flatMap((mode) => [
    scaled(`linear, ${mode}`, [1, 2, 4, 5], [1, 1, 2, 1.7], { mode: 'linear', coordinate_transformation_mode: mode }),
    sized(`nearest, ${mode}`, [1, 2, 6, 5], [1, 2, 3, 9], { mode: 'nearest', coordinate_transformation_mode: mode }),
  ]),
  ...['floor', 'ceil', 'round_prefer_ceil'].map((nearest_mode) =>
    scaled(`nearest, ${nearest_mode}`, [1, 1, 4, 5], [1, 1, 2, 1.5], {
      nearest_mode,
      coordinate_transformation_mode: 'asymmetric',
    }),
  ),
  sized('cubic', [1, 2, 5, 6], [1, 2, 8, 4], { mode: 'cubic', cubic_coeff_a: float(-0.5) }),
  sized('linear, antialias', [1, 2, 8, 9], [1, 2, 4, 3], { mode: 'linear', antialias: 1 }),
  sized(
    'some axes, dynamic',
    [1, 2, 4, 5],
    [7, 3],
    { mode: 'linear', axes: [-2, -1] },
    { declared: [['n', 2, 'h', 'w']] },
  ),
  scaled('dynamic batch', [2, 2, 3, 3], [1, 1, 2, 2], { mode: 'linear' }, { declared: [['n', 2, 3, 3]] }),
  scaled('one dimension', [1, 2, 5], [1, 1, 2], { mode: 'linear' }),
];

export const LAYOUT_CASES: readonly RuleCase[] = [
  mixed('Tile', 'two axes', [[2, 3, 2]], (b) => [ints(b, [2, 1, 3])]),
  mixed('Tile', 'dynamic', [[2, 3]], (b) => [ints(b, [1, 2])], {}, { declared: [['n', 'c']] }),
  ...['DCR', 'CRD'].map((mode) => plain('DepthToSpace', mode, [[2, 12, 2, 3]], { blocksize: 2, mode })),
  plain('SpaceToDepth', 'blocks of 2', [[2, 3, 4, 6]], { blocksize: 2 }),
  plain('Trilu', 'upper', [[2, 3, 4]]),
  mixed('Trilu', 'lower, below the diagonal', [[4, 4]], (b) => [ints(b, -1)], { upper: 0 }),
  ...[0, 1].flatMap((reverse) =>
    [0, 1].map((exclusive) =>
      mixed('CumSum', `reverse ${reverse}, exclusive ${exclusive}`, [[2, 5]], (b) => [ints(b, 1)], {
        reverse,
        exclusive,
      }),
    ),
  ),
  ...RESIZES,
];
