/**
 * The truth: in a network of uniform weights, the pixels that reach a cell lie evenly around its centre.
 * So one bright pixel at a time, and the mean position of those that a cell answers to.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { cellsOf } from '../../dist/src/onnx/cells.js';
import type { Layout } from '../../dist/src/onnx/classifier.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { placementsOf } from '../../dist/src/onnx/placements.js';
import { runModel, toyGraph } from '../toy-model.ts';

const SIZE = 28;

const latticeOf = (graph: Graph, value: string, layout: Layout = 'nchw') =>
  cellsOf(placementsOf(inferShapes(graph), 'x', layout).get(value))?.lattice;

/** The mean position [y, x] of the pixels that cell (i, j) answers to. */
async function centroid(graph: Graph, i: number, j: number): Promise<[number, number]> {
  const pixels = SIZE * SIZE;
  const bright = Float32Array.from({ length: pixels * pixels }, (_, at) => (at % (pixels + 1) === 0 ? 1 : 0));
  const [map] = Object.values(await runModel(graph, { x: { data: bright, shape: [pixels, 1, SIZE, SIZE] } }));
  const width = map!.shape[3]!;
  const answers = Array.from(
    { length: pixels },
    (_, pixel) => map!.data[(pixel * map!.data.length) / pixels + i * width + j]!,
  );
  const total = answers.reduce((sum, answer) => sum + answer, 0);
  const mean = (position: (pixel: number) => number) =>
    answers.reduce((sum, answer, pixel) => sum + answer * position(pixel), 0) / total;
  return [mean((pixel) => Math.floor(pixel / SIZE)), mean((pixel) => pixel % SIZE)];
}

const toy = (build: (b: Builder) => string) => toyGraph({ inputs: { x: ['N', 1, SIZE, SIZE] }, build, outputs: ['y'] });
const ones = (b: Builder, kernel: readonly number[]) =>
  b.constant('float32', Array(kernel[0]! * kernel[1]!).fill(1), [1, 1, ...kernel]);

/** Checks one cell well inside. */
async function checkCell(graph: Graph, i: number, j: number) {
  const lattice = latticeOf(graph, 'y')!;
  const [y, x] = await centroid(graph, i, j);
  expect(lattice.originY + i * lattice.stepY).toBeCloseTo(y, 4);
  expect(lattice.originX + j * lattice.stepX).toBeCloseTo(x, 4);
}

describe('the lattice of a value', () => {
  it('centres the cells of any two windows', async () => {
    const pair = (most: number) => fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));
    const layer = fc.record({
      op: fc.constantFrom('Conv', 'AveragePool', 'MaxPool'),
      kernel_shape: pair(3),
      strides: pair(2),
      dilations: pair(2),
      pads: fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1)),
    });
    await fc.assert(
      fc.asyncProperty(layer, layer, async (first, second) => {
        // A maximum answers to several pixels as to one, so only as the first layer does it answer evenly.
        fc.pre(second.op !== 'MaxPool');
        const layers = [first, second].map(({ pads, ...layer }) => ({
          ...layer,
          pads: layer.kernel_shape.concat(layer.kernel_shape).map((size, at) => Math.min(pads[at]!, size - 1)),
        }));
        const graph = toy((b) =>
          layers.reduce(
            (x, { op, ...window }) => b.op(op, op === 'Conv' ? [x, ones(b, window.kernel_shape)] : [x], window),
            'x',
          ),
        );
        await checkCell(graph, 3, 2);
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, (b: Builder) => string, number, number]>([
    ['auto_pad', (b) => b.op('Conv', ['x', ones(b, [3, 3])], { auto_pad: 'SAME_UPPER', strides: [2, 2] }), 4, 5],
    [
      'half-pixel resizing',
      (b) => b.op('Resize', ['x', '', b.constant('float32', [1, 1, 2, 0.5])], { mode: 'linear' }),
      9,
      5,
    ],
    [
      'aligned resizing',
      (b) =>
        b.op('Resize', ['x', '', '', b.constant('int64', [784, 1, 55, 28])], {
          mode: 'linear',
          coordinate_transformation_mode: 'align_corners',
        }),
      8,
      5,
    ],
    ['Pad', (b) => b.op('Pad', ['x', b.constant('int64', [0, 0, 2, 1, 0, 0, 0, 3])]), 9, 5],
    [
      'SpaceToDepth and back',
      (b) => b.op('DepthToSpace', [b.op('SpaceToDepth', ['x'], { blocksize: 4 })], { blocksize: 4 }),
      9,
      5,
    ],
    [
      'patches merged by slices',
      (b) => {
        const every2nd = (start: number) =>
          b.op('Slice', [
            'x',
            b.constant('int64', [start, start]),
            b.constant('int64', [SIZE, SIZE]),
            b.constant('int64', [2, -1]),
            b.constant('int64', [2, 2]),
          ]);
        return b.op('Add', [every2nd(0), every2nd(1)]);
      },
      4,
      5,
    ],
    [
      'a slice from the end',
      (b) => b.op('Slice', ['x', b.constant('int64', [-20]), b.constant('int64', [SIZE]), b.constant('int64', [2])]),
      4,
      5,
    ],
    [
      'activations',
      (b) => b.op('Clip', [b.op('Relu', [b.op('AveragePool', ['x'], { kernel_shape: [2, 2], strides: [2, 2] })])]),
      4,
      5,
    ],
    ['a gate', (b) => b.op('Mul', ['x', b.op('Sigmoid', [b.op('GlobalAveragePool', ['x'])])]), 4, 5],
    [
      'a gate by a pool over all',
      (b) => b.op('Mul', ['x', b.op('AveragePool', ['x'], { kernel_shape: [SIZE, SIZE] })]),
      4,
      5,
    ],
    [
      'branches that agree',
      (b) =>
        b.op('Concat', [b.op('Relu', ['x']), b.op('Conv', ['x', ones(b, [3, 3])], { pads: [1, 1, 1, 1] })], {
          axis: 1,
        }),
      4,
      5,
    ],
  ])('follows %s', async (_, build, i, j) => {
    await checkCell(toy(build), i, j);
  });

  it('takes the mean where branches lie apart', () => {
    const graph = toy((b) => {
      const long = b.op('Conv', ['x', ones(b, [3, 3])], { auto_pad: 'SAME_UPPER', strides: [2, 2] });
      const short = b.op('Conv', ['x', ones(b, [1, 1])], { strides: [2, 2] });
      return b.op('Add', [long, short]);
    });
    expect(latticeOf(graph, 'y')).toEqual({ originY: 0.5, originX: 0.5, stepY: 2, stepX: 2 });
  });

  it('follows channels that move to the front', () => {
    const graph = toyGraph({
      inputs: { x: ['N', SIZE, SIZE, 1] },
      outputs: ['y'],
      build: (b) =>
        b.op('AveragePool', [b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] })], {
          kernel_shape: [4, 2],
          strides: [4, 2],
        }),
    });
    expect(latticeOf(graph, 'y', 'nhwc')).toEqual({ originY: 1.5, originX: 0.5, stepY: 4, stepX: 2 });
  });

  it('follows linear maps of channels that stand last', () => {
    const graph = toyGraph({
      inputs: { x: ['N', 1, SIZE, SIZE] },
      outputs: ['y'],
      build: (b) => {
        const patches = b.op('Conv', ['x', ones(b, [4, 4])], { strides: [4, 4] });
        const last = b.op('MatMul', [
          b.op('Transpose', [patches], { perm: [0, 2, 3, 1] }),
          b.constant('float32', [1, 2], [1, 2]),
        ]);
        return b.op('Transpose', [last], { perm: [0, 3, 1, 2] });
      },
    });
    expect(latticeOf(graph, 'y')).toEqual({ originY: 1.5, originX: 1.5, stepY: 4, stepX: 4 });
  });

  it('knows nothing of vectors and unknown operators', () => {
    const graph = toyGraph({
      inputs: { x: ['N', 1, SIZE, SIZE] },
      outputs: ['pooled', 'mystery'],
      build: (b) => [b.op('GlobalAveragePool', ['x']), b.op('Mystery', ['x'])],
    });
    for (const name of ['pooled', 'mystery', 'absent']) expect(latticeOf(graph, name)).toBeUndefined();
  });

  it.each<[string, string, (kernel: string, one: string, zero: string) => string[]]>([
    ['FusedConv', 'com.microsoft', (kernel) => ['x', kernel]],
    ['ConvInteger', '', (kernel) => ['x', kernel]],
    ['QLinearConv', '', (kernel, one, zero) => ['x', one, zero, kernel, one, zero, one, zero]],
  ])('of %s is that of the convolution', (operator, domain, inputs) => {
    const window = { strides: [2, 2], pads: [1, 0, 1, 0], dilations: [1, 2] };
    const graphOf = (build: (b: Builder) => string) =>
      toyGraph({ inputs: { x: ['N', 1, SIZE, SIZE] }, outputs: ['y'], outputShapes: [['N', 1, 14, 12]], build });
    const plain = graphOf((b) => b.op('Conv', ['x', ones(b, [3, 3])], window));
    const other = graphOf((b) => {
      const [one, zero] = [1, 0].map((number) => b.constant('float32', number));
      return b.op(operator, inputs(ones(b, [3, 3]), one!, zero!), window, domain);
    });
    expect(latticeOf(other, 'y')).toEqual(latticeOf(plain, 'y'));
    expect(latticeOf(other, 'y')).toEqual({ originY: 0, originX: 2, stepY: 2, stepX: 2 });
  });
});
