/**
 * The truth: where weights are uniform, a cell answers to the pixels of its own patch, and to no others. So one bright
 * pixel at a time, and the mean position of those that a cell answers to, is where the cell lies.
 */
import { describe, expect, test } from 'vitest';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { type Cells, cellsOf, planesOf } from '../../dist/src/onnx/cells.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { placementsOf } from '../../dist/src/onnx/placements.js';
import { runModel, toyGraph } from '../toy-model.ts';

const [HEIGHT, WIDTH] = [16, 24];
const PIXELS = HEIGHT * WIDTH;

const toy = (build: (b: Builder) => string, batch: number | string = 'N') =>
  toyGraph({ inputs: { x: [batch, 1, HEIGHT, WIDTH] }, build, outputs: ['y'] });
const cellsIn = (graph: Graph) => cellsOf(placementsOf(inferShapes(graph), 'x', 'nchw').get('y'));

/** What each cell [channel 0] answers to each bright pixel: [pixel][cell]. */
async function answers(graph: Graph, cells: Cells): Promise<Float64Array[]> {
  const bright = Float32Array.from({ length: PIXELS * PIXELS }, (_, at) => (at % (PIXELS + 1) === 0 ? 1 : 0));
  const { y } = await runModel(graph, { x: { data: bright, shape: [PIXELS, 1, HEIGHT, WIDTH] } });
  const shape = y!.shape.toSpliced(cells.batch, 1);
  const size = y!.data.length / PIXELS;
  const inside = y!.shape.slice(cells.batch + 1).reduce((product, length) => product * length, 1);
  const one = (pixel: number) =>
    Float64Array.from({ length: size }, (_, at) => {
      const outer = Math.floor(at / inside);
      return y!.data[(outer * PIXELS + pixel) * inside + (at % inside)]!;
    });
  const plane = Number(cells.height) * Number(cells.width);
  return Array.from({ length: PIXELS }, (_, pixel) => planesOf(one(pixel), shape, cells).slice(0, plane));
}

async function checkPlaces(graph: Graph): Promise<void> {
  const cells = cellsIn(graph)!;
  const lattice = cells.lattice!;
  const seen = await answers(graph, cells);
  const [rows, columns] = [Number(cells.height), Number(cells.width)];
  for (let cell = 0; cell < rows * columns; cell++) {
    const total = seen.reduce((sum, answer) => sum + answer[cell]!, 0);
    const mean = (position: (pixel: number) => number) =>
      seen.reduce((sum, answer, pixel) => sum + answer[cell]! * position(pixel), 0) / total;
    expect(lattice.originY + Math.floor(cell / columns) * lattice.stepY).toBeCloseTo(
      mean((at) => Math.floor(at / WIDTH)),
      4,
    );
    expect(lattice.originX + (cell % columns) * lattice.stepX).toBeCloseTo(
      mean((at) => at % WIDTH),
      4,
    );
  }
}

const ints = (b: Builder, ...values: number[]) => b.constant('int64', values);
const ones = (b: Builder, ...shape: number[]) =>
  b.constant('float32', Array(shape.reduce((product, length) => product * length, 1)).fill(1), shape);
const reshape = (b: Builder, x: string, ...shape: number[]) => b.op('Reshape', [x, ints(b, ...shape)]);
const transpose = (b: Builder, x: string, ...perm: number[]) => b.op('Transpose', [x], { perm });
const slice = (b: Builder, x: string, from: number, to: number, axis: number, step = 1) =>
  b.op('Slice', [x, ints(b, from), ints(b, to), ints(b, axis), ints(b, step)]);
const beside = (b: Builder, axis: number, ...parts: string[]) => b.op('Concat', parts, { axis });
const END = 2 ** 31;

/** [N, 1, 4, 6], patches of 4 × 4 pixels */
const patches = (b: Builder) => b.op('Conv', ['x', ones(b, 1, 1, 4, 4)], { strides: [4, 4] });
/** [N, 24, 1] */
const tokens = (b: Builder) => transpose(b, reshape(b, patches(b), 0, 1, -1), 0, 2, 1);
/** A token [N, 1, 1] that is no cell. */
const extra = (b: Builder) => reshape(b, b.op('GlobalAveragePool', ['x']), -1, 1, 1);
/** [N, 8, 12, 1], patches of 2 × 2 */
const stage = (b: Builder) => transpose(b, b.op('Conv', ['x', ones(b, 1, 1, 2, 2)], { strides: [2, 2] }), 0, 2, 3, 1);
const roll = (b: Builder, x: string, shift: number, axis: number) =>
  beside(b, axis, slice(b, x, shift, END, axis), slice(b, x, 0, shift, axis));
/** [N, 8, 12, 1] in windows of 4 × 4 as [N · 2 · 3, 16, 1] */
const windows = (b: Builder, x: string) =>
  reshape(b, transpose(b, reshape(b, x, -1, 2, 4, 3, 4, 1), 0, 1, 3, 2, 4, 5), -1, 16, 1);
const fromWindows = (b: Builder, x: string) =>
  reshape(b, transpose(b, reshape(b, x, -1, 2, 3, 4, 4, 1), 0, 1, 3, 2, 4, 5), -1, 8, 12, 1);

describe('cells are found, and lie where they answer,', () => {
  test.each<[string, (b: Builder) => string, Partial<Cells>]>([
    ['in tokens', tokens, { role: 'tokens', before: 0 }],
    [
      'in tokens with channels in front',
      (b) => reshape(b, patches(b), 0, 1, -1),
      { role: 'tokens', before: 0, channels: 0 },
    ],
    ['behind a class token', (b) => beside(b, 1, extra(b), tokens(b)), { role: 'tokens', before: 1 }],
    [
      'between a class token, a distillation token and registers',
      (b) => beside(b, 1, extra(b), beside(b, 1, extra(b), tokens(b), extra(b), extra(b))),
      { role: 'tokens', before: 2 },
    ],
    [
      'where one of two tokens is left',
      (b) => slice(b, beside(b, 1, extra(b), extra(b), tokens(b)), 1, END, 1),
      { role: 'tokens', before: 1 },
    ],
    [
      'where the class token is taken off, and another set behind',
      (b) => beside(b, 1, slice(b, beside(b, 1, extra(b), tokens(b)), 1, END, 1), extra(b)),
      { role: 'tokens', before: 0 },
    ],
    [
      'where the batch stands second',
      (b) => transpose(b, beside(b, 1, extra(b), tokens(b)), 1, 0, 2),
      { batch: 1, before: 1 },
    ],
    [
      'in patches made by reshapes',
      (b) => {
        const parts = transpose(b, reshape(b, 'x', 0, 1, 4, 4, 6, 4), 0, 2, 4, 3, 5, 1);
        return b.op('MatMul', [reshape(b, parts, 0, 24, 16), ones(b, 16, 1)]);
      },
      { role: 'tokens' },
    ],
    ['in a stage with channels last', stage, { role: 'features', channels: 2 }],
    [
      'in patches merged by slices',
      (b) => {
        const x = stage(b);
        const every2nd = [0, 1].flatMap((i) => [0, 1].map((j) => slice(b, slice(b, x, i, END, 1, 2), j, END, 2, 2)));
        return b.op('MatMul', [beside(b, 3, ...every2nd), ones(b, 4, 1)]);
      },
      { role: 'features', height: 4, width: 6 },
    ],
    [
      'in patches merged by a reshape',
      (b) => {
        const parts = transpose(b, reshape(b, stage(b), 0, 4, 2, 6, 2, 1), 0, 1, 3, 4, 2, 5);
        return b.op('MatMul', [reshape(b, parts, 0, 4, 6, 4), ones(b, 4, 1)]);
      },
      { role: 'features', height: 4, width: 6 },
    ],
    [
      'in every second row, picked by number',
      (b) => b.op('Gather', [stage(b), ints(b, 1, 3, 5, -1)], { axis: 1 }),
      { role: 'features', height: 4, width: 12 },
    ],
    ['after windows', (b) => fromWindows(b, b.op('Relu', [windows(b, stage(b))])), { role: 'features', height: 8 }],
    [
      'after windows that were rolled round and back',
      (b) => {
        const rolled = roll(b, roll(b, stage(b), 2, 1), 2, 2);
        const back = fromWindows(b, windows(b, rolled));
        return roll(b, roll(b, back, -2, 1), -2, 2);
      },
      { role: 'features', height: 8, width: 12 },
    ],
    [
      'after a grid of strided windows',
      (b) => {
        const grid = transpose(b, reshape(b, stage(b), 0, 4, 2, 4, 3, 1), 0, 2, 4, 1, 3, 5);
        const within = reshape(b, grid, -1, 16, 1);
        return reshape(b, transpose(b, reshape(b, within, -1, 2, 3, 4, 4, 1), 0, 3, 1, 4, 2, 5), -1, 8, 12, 1);
      },
      { role: 'features', height: 8, width: 12 },
    ],
  ])('%s', async (_, build, wanted) => {
    const graph = toy(build);
    expect(cellsIn(graph)).toMatchObject(wanted);
    await checkPlaces(graph);
  });
});

test('a batch of one is found though reshapes leave no trace of it', () => {
  const graph = toy((b) => reshape(b, reshape(b, tokens(b), 24, 1), 1, 24, 1), 1);
  expect(cellsIn(graph)).toMatchObject({ role: 'tokens', batch: 0, height: 4, width: 6 });
});

test('cells that go through attention stay those of the queries', () => {
  const graph = toy((b) => {
    const x = beside(b, 1, extra(b), tokens(b));
    const scores = b.op('Softmax', [b.op('MatMul', [x, transpose(b, x, 0, 2, 1)])]);
    return b.op('MatMul', [scores, x]);
  });
  expect(cellsIn(graph)).toMatchObject({ role: 'tokens', before: 1, lattice: { originY: 1.5, stepY: 4 } });
});

test.each<[string, (b: Builder) => string]>([
  ['windows', (b) => windows(b, stage(b))],
  ['windows one by one', (b) => reshape(b, windows(b, stage(b)), -1, 6, 16, 1)],
  ['a map that is rolled round', (b) => roll(b, stage(b), 2, 1)],
  ['heads', (b) => transpose(b, reshape(b, tokens(b), 0, 24, 1, 1), 0, 2, 1, 3)],
  ['attention', (b) => b.op('MatMul', [tokens(b), transpose(b, tokens(b), 0, 2, 1)])],
  [
    'tokens in another order',
    (b) => b.op('Gather', [tokens(b), ints(b, ...Array.from({ length: 24 }, (_, at) => 23 - at))], { axis: 1 }),
  ],
  ['rows in another order', (b) => b.op('Gather', [stage(b), ints(b, 1, 0, 3, 2, 5, 4, 7, 6)], { axis: 1 })],
  ['a part of the tokens', (b) => slice(b, tokens(b), 3, END, 1)],
  ['a class token', (b) => slice(b, beside(b, 1, extra(b), tokens(b)), 0, 1, 1)],
  ['a vector', (b) => b.op('GlobalAveragePool', ['x'])],
])('%s are no grid of cells', (_, build) => {
  expect(cellsIn(toy(build))).toBeUndefined();
});

test.each<[string, (b: Builder) => string]>([
  ['Gather', (b) => b.op('Gather', [tokens(b), ints(b, 0)], { axis: 9 })],
  ['Concat', (b) => beside(b, 7, tokens(b), tokens(b))],
  ['Split', (b) => b.ops(2, 'Split', [tokens(b)], { axis: -8 })[0]!],
  ['Transpose', (b) => transpose(b, tokens(b), 0, 5, 5)],
  ['Einsum', (b) => b.op('Einsum', [tokens(b), tokens(b)], { equation: 'ntc->nt' })],
  ['ReduceMean', (b) => b.op('ReduceMean', [tokens(b), ints(b, 6)], { keepdims: 0 })],
  ['Reshape', (b) => reshape(b, tokens(b), 0, 7, -1)],
  ['MatMul', (b) => b.op('MatMul', [tokens(b), ones(b, 5)])],
  ['Conv', (b) => b.op('Conv', ['x', ones(b, 1, 1, 3)], { strides: [1] })],
])('%s with axes that its input does not have is no reason to fail', (_, build) => {
  const graph = toy((b) => b.op('Relu', [build(b)]));
  expect(() => placementsOf(inferShapes(graph), 'x', 'nchw')).not.toThrow();
});
