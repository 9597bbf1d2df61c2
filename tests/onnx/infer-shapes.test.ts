/** Inferred shapes against those that ONNX Runtime's results have. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import type { Dimension, Graph, Shape } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { prune } from '../../dist/src/onnx/prune.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { realModels, whenAbsent } from './real-models.ts';

const BATCH = 2;

/** The value of "64*N" for a batch N. */
const evaluate = (length: Dimension): number =>
  String(length)
    .split('*')
    .reduce((product, part) => product * (part === 'N' ? BATCH : Number(part)), 1);

/** Runs every value of a graph and compares its shape with the inferred one. */
async function checkShapes(graph: Graph, shape: Shape) {
  const { values } = inferShapes(graph);
  const names = graph.nodes.flatMap(({ outputs }) => outputs.filter(Boolean));
  const whole = prune({ ...graph, values }, names);
  const results = await runModel(whole, { [graph.inputs[0]!.name]: noise(shape.map(evaluate)) });
  for (const name of names)
    expect([name, values.get(name)?.shape?.map(evaluate)]).toEqual([name, results[name]!.shape]);
}

const check = (build: (b: Builder) => string | string[], shape: Shape = ['N', 4, 6, 8]) =>
  checkShapes(toyGraph({ inputs: { x: shape }, build, outputType: 'other' }), shape);

const ints = (b: Builder, ...values: number[]) => b.constant('int64', values);
const zeros = (b: Builder, ...shape: number[]) =>
  b.constant('float32', Array(shape.reduce((a, c) => a * c, 1)).fill(0), shape);

describe('inferShapes', () => {
  it('tells the shape of any convolution and pool', async () => {
    const sliding = fc.record({
      op: fc.constantFrom('Conv', 'MaxPool', 'AveragePool'),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
      padding: fc.oneof(
        fc.constantFrom('SAME_UPPER', 'SAME_LOWER', 'VALID'),
        fc.tuple(fc.nat(1), fc.nat(1), fc.nat(1), fc.nat(1)),
      ),
      ceil: fc.boolean(),
      size: fc.tuple(fc.integer({ min: 7, max: 12 }), fc.integer({ min: 7, max: 12 })),
    });
    await fc.assert(
      fc.asyncProperty(sliding, async ({ op, kernel, strides, dilations, padding, ceil, size }) => {
        // What ONNX Runtime refuses: dilated SAME, pools padded by a whole window, and SAME pools that leave gaps.
        fc.pre(typeof padding !== 'string' || padding === 'VALID' || dilations.every((dilation) => dilation === 1));
        fc.pre(op === 'Conv' || typeof padding === 'string' || padding.every((pad, at) => pad < kernel[at % 2]!));
        fc.pre(
          op === 'Conv' || !String(padding).startsWith('SAME') || strides.every((stride, at) => stride <= kernel[at]!),
        );
        const pads = typeof padding === 'string' ? { auto_pad: padding } : { pads: padding };
        const pooling = { kernel_shape: kernel, ceil_mode: ceil ? 1 : 0 };
        await check(
          (b) => {
            const weights = op === 'Conv' ? [zeros(b, 6, 2, ...kernel)] : [];
            const extra = op === 'Conv' ? { group: 2 } : pooling;
            return b.op(op, ['x', ...weights], { strides, dilations, ...pads, ...extra });
          },
          ['N', 4, ...size],
        );
      }),
      { numRuns: 150 },
    );
  });

  it.each<[string, (b: Builder) => string | string[], Shape?]>([
    [
      'ConvTranspose',
      (b) =>
        b.op('ConvTranspose', ['x', zeros(b, 4, 3, 3, 2)], {
          strides: [2, 3],
          pads: [1, 0, 0, 1],
          output_padding: [1, 0],
          group: 2,
        }),
    ],
    ['global pools', (b) => b.op('Flatten', [b.op('GlobalAveragePool', [b.op('GlobalMaxPool', ['x'])])])],
    ['Gemm', (b) => b.op('Gemm', [b.op('Flatten', ['x']), zeros(b, 10, 192), zeros(b, 10)], { transB: 1 })],
    ['MatMul', (b) => b.op('MatMul', [b.op('MatMul', ['x', zeros(b, 4, 8, 5)]), zeros(b, 5)])],
    ['broadcasting', (b) => b.op('Add', [b.op('Mul', ['x', zeros(b, 6, 1)]), zeros(b, 1, 4, 1, 1)])],
    ['Where and comparisons', (b) => b.op('Where', [b.op('Greater', ['x', zeros(b)]), 'x', zeros(b, 8)])],
    ['a token sequence', (b) => b.op('Transpose', [b.op('Reshape', ['x', ints(b, 0, 4, -1)])], { perm: [0, 2, 1] })],
    [
      'a batch that Reshape finds',
      (b) => b.op('Reshape', [b.op('Reshape', ['x', ints(b, -1, 8)]), ints(b, -1, 4, 6, 8)]),
    ],
    ['Squeeze and Unsqueeze', (b) => b.op('Squeeze', [b.op('Unsqueeze', ['x', ints(b, 0, -1)]), ints(b, -1)])],
    ['Concat', (b) => b.op('Concat', ['x', b.op('Relu', ['x'])], { axis: -3 })],
    [
      'Split',
      (b) => [
        ...b.ops(2, 'Split', ['x', ints(b, 1, 3)], { axis: 1 }),
        ...b.ops(3, 'Split', ['x'], { axis: 3, num_outputs: 3 }),
      ],
    ],
    ['Slice', (b) => b.op('Slice', ['x', ints(b, 1, -1), ints(b, 2 ** 53 - 1, -100), ints(b, 1, 3), ints(b, 2, -3)])],
    ['Slice of a whole batch', (b) => b.op('Slice', ['x', ints(b, 0, 1), ints(b, 2 ** 53 - 1, 3), ints(b, 0, 2)])],
    [
      'Gather',
      (b) =>
        b.op('Gather', [b.op('Gather', ['x', b.constant('int64', 0)], { axis: 2 }), ints(b, 1, 0, 1)], { axis: -1 }),
    ],
    ['Pad', (b) => b.op('Pad', [b.op('Pad', ['x', ints(b, 0, 0, 1, 2, 0, 1, 0, 3)]), ints(b, 1, 2), '', ints(b, -1)])],
    [
      'Resize',
      (b) =>
        b.op('Resize', [b.op('Resize', ['x', '', b.constant('float32', [1, 1, 2, 1.6])]), '', '', ints(b, 3, 5)], {
          axes: [2, 3],
        }),
    ],
    ['reductions', (b) => b.op('ReduceMax', [b.op('ReduceMean', ['x', ints(b, -1, 2)], { keepdims: 0 }), ints(b, 1)])],
    [
      'reductions of all',
      (b) => [
        b.op('ReduceSum', ['x']),
        b.op('ReduceSum', ['x'], { keepdims: 0 }),
        b.op('ReduceSum', ['x'], { noop_with_empty_axes: 1 }),
      ],
    ],
    [
      'ArgMax and TopK',
      (b) => [b.op('ArgMax', ['x'], { axis: 1, keepdims: 0 }), ...b.ops(2, 'TopK', ['x', ints(b, 3)])],
    ],
    [
      'normalisations',
      (b) => b.op('LayerNormalization', [b.op('InstanceNormalization', ['x', zeros(b, 4), zeros(b, 4)]), zeros(b, 8)]),
    ],
    ['activations', (b) => b.op('Clip', [b.op('HardSwish', [b.op('Gelu', [b.op('Softmax', ['x'], { axis: 1 })])])])],
    ['Cast', (b) => b.op('Cast', [b.op('Cast', ['x'], { to: 7 })], { to: 1 })],
    ['Dropout', (b) => b.ops(2, 'Dropout', ['x'])],
    [
      'DepthToSpace and back',
      (b) => b.op('SpaceToDepth', [b.op('DepthToSpace', ['x'], { blocksize: 2 })], { blocksize: 2 }),
    ],
    [
      'Expand and Tile',
      (b) => b.op('Tile', [b.op('Expand', [zeros(b, 4, 1, 1), b.op('Shape', ['x'])]), ints(b, 1, 2, 1, 3)]),
    ],
    [
      'Range and ConstantOfShape',
      (b) =>
        b.op('Add', [
          b.op('ConstantOfShape', [ints(b, 5)]),
          b.op('Range', [b.constant('float32', 1), b.constant('float32', 6), b.constant('float32', 1)]),
        ]),
    ],
    [
      'PyTorch: x.view(x.size(0), -1)',
      (b) => {
        const batch = b.op('Gather', [b.op('Shape', ['x']), b.constant('int64', 0)]);
        return b.op('Reshape', [
          'x',
          b.op('Concat', [b.op('Unsqueeze', [batch, ints(b, 0)]), ints(b, -1)], { axis: 0 }),
        ]);
      },
    ],
    [
      'PyTorch: token.expand(x.size(0), -1, -1)',
      (b) => {
        const batch = b.op('Gather', [b.op('Shape', ['x']), b.constant('int64', 0)]);
        const asked = b.op('Concat', [b.op('Unsqueeze', [batch, ints(b, 0)]), ints(b, -1), ints(b, -1)], { axis: 0 });
        const ones = b.op('ConstantOfShape', [b.op('Shape', [asked])], {
          value: { type: 'int64', shape: [1], data: new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]) },
        });
        const kept = b.op('Equal', [asked, b.op('Mul', [ones, b.constant('int64', -1)])]);
        return b.op('Expand', [zeros(b, 1, 1, 8), b.op('Where', [kept, ones, asked])]);
      },
    ],
    [
      'PyTorch: windows of a batch',
      (b) => {
        const size = b.op('Shape', ['x']);
        const batch = b.op('Slice', [size, ints(b, 0), ints(b, 1)]);
        const windows = b.op('Mul', [batch, ints(b, 6)]);
        const cut = b.op('Reshape', ['x', b.op('Concat', [windows, ints(b, 4, 8)], { axis: 0 })]);
        return b.op('Reshape', [cut, b.op('Concat', [b.op('Div', [windows, ints(b, 6)]), ints(b, -1)], { axis: 0 })]);
      },
    ],
    [
      'PyTorch: pads, listed from the last axis on',
      (b) => {
        const pairs = b.op('Reshape', [
          b.op(
            'Concat',
            [
              ints(b, 1, 2, 3),
              ints(b, 4),
              b.op('ConstantOfShape', [ints(b, 4)], { value: { type: 'int64', shape: [1], data: new Uint8Array(8) } }),
            ],
            { axis: 0 },
          ),
          ints(b, -1, 2),
        ]);
        const reversed = b.op('Slice', [pairs, ints(b, -1), ints(b, -(2 ** 53 - 1)), ints(b, 0), ints(b, -1)]);
        return b.op('Pad', ['x', b.op('Reshape', [b.op('Transpose', [reversed], { perm: [1, 0] }), ints(b, -1)])]);
      },
    ],
    ['MatMul with vectors', (b) => b.op('MatMul', [zeros(b, 6), b.op('MatMul', ['x', zeros(b, 8, 3)])])],
    [
      'Einsum',
      (b) => [
        b.op('Einsum', ['x', zeros(b, 5, 8)], { equation: 'nchw,kw->nkh' }),
        b.op('Einsum', ['x', zeros(b, 8, 3)], { equation: '...hw,wk->...kh' }),
        b.op('Einsum', ['x', zeros(b, 8)], { equation: 'nchw,w' }),
      ],
    ],
    [
      'GatherND',
      (b) =>
        b.op('GatherND', [b.op('Reshape', ['x', ints(b, 2, -1, 8)]), b.constant('int64', [1, 0], [2, 1])], {
          batch_dims: 1,
        }),
    ],
    [
      'quantised operators',
      (b) => {
        const [quantised, , zero] = b.ops(3, 'DynamicQuantizeLinear', ['x']);
        const bytes = b.constant('int8', Array(36).fill(1), [1, 4, 3, 3]);
        return [
          b.op('ConvInteger', [quantised!, bytes, zero!], { pads: [1, 0, 1, 2] }),
          b.op('MatMulInteger', [quantised!, b.constant('int8', Array(24).fill(1), [8, 3]), zero!]),
        ];
      },
    ],
    [
      'FusedConv',
      (b) => b.op('FusedConv', ['x', zeros(b, 3, 4, 3, 3)], { activation: 'Relu', strides: [2, 1] }, 'com.microsoft'),
    ],
    [
      'com.microsoft',
      (b) => b.op('QuickGelu', [b.op('Gelu', ['x'], {}, 'com.microsoft')], { alpha: float(1.7) }, 'com.microsoft'),
    ],
  ])('tells the shapes of %s', async (_, build, shape) => {
    await check(build, shape);
  });

  it('keeps a dynamic batch by its name, and takes another input shape when told', () => {
    const graph = toyGraph({ inputs: { x: ['N', 4, 6, 8] }, build: (b) => b.op('Flatten', ['x']), outputs: ['y'] });
    expect(inferShapes(graph).outputs).toEqual([{ name: 'y', type: 'float32', shape: ['N', 192] }]);
    expect(inferShapes(graph, { x: [1, 4, 3, 3] }).outputs[0]!.shape).toEqual([1, 36]);
  });

  it('falls back on what the file says, or on nothing', () => {
    const graph = toyGraph({
      inputs: { x: [2] },
      build: (b) => b.op('Relu', [b.op('Mystery', ['x'])]),
      outputs: ['y'],
    });
    expect(inferShapes(graph).values.get('y')?.shape).toBeUndefined();
    const told = {
      ...graph,
      values: new Map([['t0_Mystery', { name: 't0_Mystery', type: 'float32' as const, shape: [7] }]]),
    };
    expect(inferShapes(told).values.get('y')?.shape).toEqual([7]);
  });

  it('does not stumble over an axis that its input does not have', () => {
    const graph = toyGraph({
      inputs: { x: [2] },
      build: (b) => b.op('Concat', ['x', 'x'], { axis: 9 }),
      outputs: ['y'],
    });
    expect(inferShapes(graph).values.get('y')?.shape).toBeUndefined();
  });
});

describe.skipIf(realModels.length === 0)(`a real model${whenAbsent}`, () => {
  it.each(realModels)('$name has the shapes that its values have when it runs', async ({ path }) => {
    const graph = upgrade(await readGraph(path));
    await checkShapes(graph, graph.inputs[0]!.shape!);
  });
});
