/** Cases of operators that take values from, or put them to, places that indices tell. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import { ints, mixed, type RuleCase, spread } from './rule-case.ts';

const table = (b: Builder, values: readonly number[], ...shape: number[]) => b.constant('int64', values, shape);

const GATHERS = [
  mixed('Gather', 'scalar', [[2, 5, 3]], (b) => [ints(b, 2)], { axis: 1 }),
  mixed(
    'Gather',
    'negative scalar, dynamic',
    [[2, 5, 3]],
    (b) => [ints(b, -2)],
    { axis: 1 },
    { declared: [['n', 'l', 3]] },
  ),
  mixed('Gather', 'the last one', [[2, 5]], (b) => [ints(b, [-1])], { axis: -1 }),
  mixed('Gather', 'repeated, negative', [[2, 5, 3]], (b) => [ints(b, [1, 1, -1])], { axis: -2 }),
  mixed('Gather', 'vector', [[5]], (b) => [ints(b, [0, 3])]),
  mixed('Gather', 'matrix', [[2, 5, 3]], (b) => [table(b, [0, 4, 4, 1, -1, 2], 2, 3)], { axis: 1 }),
  mixed('Gather', 'a matrix of one', [[2, 5]], (b) => [table(b, [3], 1, 1)], { axis: 1 }),
  {
    operator: 'Gather',
    variant: 'computed place',
    shapes: [[2, 5, 3]],
    build: (b: Builder, [x]: readonly string[]) =>
      b.op('Gather', [x!, b.op('Sub', [b.op('Shape', [x!], { start: 1, end: 2 }), ints(b, 2)])], { axis: 1 }),
  },
  mixed('Compress', 'along an axis', [[2, 4, 3]], (b) => [b.constant('bool', [1, 0, 1])], { axis: 1 }),
  mixed('Compress', 'of all elements', [[3, 4]], (b) => [b.constant('bool', [0, 1, 1, 0, 0, 1])]),
  mixed('GatherElements', 'repeated', [[3, 4]], (b) => [table(b, [0, 0, 3, -1, 1, 1], 2, 3)], { axis: 1 }),
  mixed('GatherND', 'points', [[3, 4]], (b) => [table(b, [0, 1, 2, 3, 0, 1], 3, 2)]),
  mixed('GatherND', 'rows', [[3, 4, 2]], (b) => [table(b, [0, 1, 2, 3], 2, 2)]),
  mixed('GatherND', 'in each sample', [[2, 4, 3]], (b) => [table(b, [1, 3], 2, 1)], { batch_dims: 1 }),
];

const pad = (mode: string, shape: readonly number[], pads: number[], axes?: number[]) =>
  mixed('Pad', axes ? `${mode}, some axes` : mode, [shape], (b) => [ints(b, pads), '', axes ? ints(b, axes) : ''], {
    mode,
  });

const PADS = [
  mixed('Pad', 'all axes', [[2, 3]], (b) => [ints(b, [0, 1, 2, 0])]),
  mixed('Pad', 'some axes', [[2, 3, 4]], (b) => [ints(b, [1, 1]), b.constant('float32', 3), ints(b, [2])]),
  ...['reflect', 'edge', 'wrap'].flatMap((mode) => [
    pad(mode, [1, 2, 4, 5], [0, 0, 1, 2, 0, 0, 3, 1]),
    pad(mode, [1, 2, 4, 5], [2, 3], [-1]),
  ]),
];

const scatter = (
  operator: string,
  variant: string,
  reduction: string,
  indices: (b: Builder) => string,
  updates: number[],
) => ({
  operator,
  variant: `${variant}, ${reduction}`,
  shapes: [[3, 4], updates],
  build: (b: Builder, [x, u]: readonly string[]) =>
    b.op(operator, [x!, indices(b), u!], operator === 'ScatterND' ? { reduction } : { reduction, axis: 1 }),
});

const SCATTERS = [
  scatter('ScatterElements', 'apart', 'none', (b) => table(b, [0, 2, 3, -2, 1, 0], 3, 2), [3, 2]),
  scatter('ScatterElements', 'repeated', 'add', (b) => table(b, [0, 0, 3, -1, 1, 1], 3, 2), [3, 2]),
  scatter('ScatterND', 'rows', 'none', (b) => table(b, [2, 0], 2, 1), [2, 4]),
  scatter('ScatterND', 'points, repeated', 'add', (b) => table(b, [2, 0, 2, 0, 1, 3], 3, 2), [3]),
];

const top = (variant: string, attributes: { largest?: number; axis?: number }) => ({
  operator: 'TopK',
  variant,
  shapes: [[3, 7, 4]],
  domain: spread,
  build: (b: Builder, [x]: readonly string[]) => b.ops(2, 'TopK', [x!, ints(b, [3])], attributes)[0]!,
});

export const INDEXING_CASES: readonly RuleCase[] = [
  ...GATHERS,
  ...PADS,
  ...SCATTERS,
  top('largest', {}),
  top('smallest of an axis', { largest: 0, axis: 1 }),
];
