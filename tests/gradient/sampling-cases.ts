/** Cases of operators that sample a picture at places of a grid, or make such a grid. */
import { type Attributes, mixed, plain, type RuleCase, weights } from './rule-case.ts';

const X = [2, 3, 4, 5];
const GRID = [2, 3, 4, 2];
const MODES = ['zeros', 'border', 'reflection'].flatMap((padding_mode) =>
  [0, 1].map((align_corners) => ({ padding_mode, align_corners })),
);
const title = ({ padding_mode, align_corners }: (typeof MODES)[number]) => `${padding_mode}, align ${align_corners}`;

/** Between pixels and on both sides of the border, for 4 rows and 5 columns. */
const betweenPixels = (value: number, at: number) => (at % 2 ? 0.21 : 0.17) + Math.round(3 * value) / 2;

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
];
