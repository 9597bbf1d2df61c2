/** Cases of operators that sample a picture at places of a grid, or make such a grid. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import { type Attributes, ints, mixed, own, plain, type RuleCase, weights } from './rule-case.ts';

const X = [2, 3, 4, 5];
const GRID = [2, 3, 4, 2];
const MODES = ['zeros', 'border', 'reflection'].flatMap((padding_mode) =>
  [0, 1].map((align_corners) => ({ padding_mode, align_corners })),
);
const title = ({ padding_mode, align_corners }: (typeof MODES)[number]) => `${padding_mode}, align ${align_corners}`;

/** Between pixels and on both sides of the border, for 4 rows and 5 columns. */
const betweenPixels = (value: number, at: number) => (at % 2 ? 0.21 : 0.17) + Math.round(3 * value) / 2;

/** Of two planes of 4 × 4. */
const corners = (b: Builder) => b.constant('int64', [0, 3, 12, 15, 21, 18, 24, 31], [1, 2, 2, 2]);

export const SAMPLING_CASES: readonly RuleCase[] = [
  ...MODES.flatMap((mode) =>
    ['linear', 'nearest'].map((kind) =>
      mixed(
        'GridSample',
        `${kind}, ${title(mode)}`,
        [X],
        (b) => [b.op('Mul', [weights(b, GRID), b.constant('float32', 2.5)])],
        { mode: kind, ...mode },
      ),
    ),
  ),
  ...MODES.map((mode) =>
    plain('GridSample', `places, ${title(mode)}`, [X, GRID], mode as Attributes, { domain: betweenPixels }),
  ),
  own('GridSample', 'bilinear', [X], (b) => [weights(b, GRID)], { mode: 'bilinear', padding_mode: 'border' }),
  ...[0, 1].map((align_corners) =>
    mixed('AffineGrid', `flat, align ${align_corners}`, [[2, 2, 3]], (b) => [ints(b, [2, 1, 3, 4])], { align_corners }),
  ),
  mixed('AffineGrid', 'of a volume', [[2, 3, 4]], (b) => [ints(b, [2, 1, 2, 3, 4])]),
  mixed('Col2Im', 'windows side by side', [[2, 12, 4]], (b) => [ints(b, [4, 4]), ints(b, [2, 2])], { strides: [2, 2] }),
  mixed('Col2Im', 'overlapping windows', [[1, 12, 6]], (b) => [ints(b, [5, 4]), ints(b, [3, 2])], {
    pads: [1, 0, 0, 1],
    dilations: [1, 2],
    strides: [2, 1],
  }),
  mixed('Col2Im', 'one dimension', [[2, 6, 4]], (b) => [ints(b, [5]), ints(b, [2])]),
  mixed('MaxUnpool', 'by default', [[1, 2, 2, 2]], (b) => [corners(b)], { kernel_shape: [2, 2], strides: [2, 2] }),
  mixed('MaxUnpool', 'to a larger picture', [[1, 2, 2, 2]], (b) => [corners(b), ints(b, [1, 2, 5, 5])], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  }),
];
