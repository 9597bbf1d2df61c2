import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { type ElementType, numberOfType } from '../../dist/src/onnx/element-type.js';
import { floatPicture } from '../../dist/src/onnx/float-picture.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { tensorOf } from '../../dist/src/workers/elements.js';
import { relativeError } from '../distance.ts';
import { noise, runModel, toyGraph } from '../toy-model.ts';

const SHAPE = [2, 8, 8, 3];
const pixels = Float32Array.from({ length: 2 * 8 * 8 * 3 }, (_, at) => 3 * ((at * 37) % 84) + 2);

const toFloat = (b: Builder, x: string) => b.op('Cast', [x], { to: numberOfType('float32') });
const castTo = (b: Builder, x: string, type: ElementType) => b.op('Cast', [x], { to: numberOfType(type) });
const int64 = (b: Builder, values: readonly number[]) => b.constant('int64', values);
const means = (b: Builder, x: string) => b.op('Flatten', [b.op('GlobalAveragePool', [x])]);

interface Case {
  readonly of: string;
  readonly type?: ElementType;
  /** From the picture of whole numbers to floats [N, …]. */
  readonly prepare: (b: Builder) => string;
}

const cases: readonly Case[] = [
  { of: 'a Cast', prepare: (b) => toFloat(b, 'x') },
  { of: 'a Cast of 64 bits', type: 'int64', prepare: (b) => toFloat(b, 'x') },
  { of: 'a Transpose', prepare: (b) => toFloat(b, b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] })) },
  {
    of: 'channels in another order',
    prepare: (b) => toFloat(b, b.op('Gather', ['x', int64(b, [2, 1, 0])], { axis: 3 })),
  },
  {
    of: 'a crop and a border',
    prepare: (b) => {
      const crop = b.op('Slice', ['x', int64(b, [1, 2]), int64(b, [7, 8]), int64(b, [1, 2])]);
      const padded = b.op('Pad', [
        castTo(b, crop, 'int32'),
        int64(b, [0, 1, 0, 0, 0, 0, 1, 0]),
        b.constant('int32', 9),
      ]);
      return toFloat(b, padded);
    },
  },
  {
    of: 'planes apart and together',
    prepare: (b) => {
      const [red, green, blue] = b.ops(3, 'Split', ['x', int64(b, [1, 1, 1])], { axis: 3 });
      return toFloat(b, b.op('Concat', [blue!, green!, red!], { axis: 3 }));
    },
  },
  {
    of: 'arithmetic',
    prepare: (b) => {
      const centred = b.op('Sub', [castTo(b, 'x', 'int32'), b.constant('int32', 120)]);
      return toFloat(b, b.op('Clip', [centred, b.constant('int32', -51), b.constant('int32', 60)]));
    },
  },
  {
    of: 'a resize',
    prepare: (b) => toFloat(b, b.op('Resize', ['x', '', b.constant('float32', [1, 2, 2, 1])], { mode: 'nearest' })),
  },
  {
    of: 'a shape asked for',
    prepare: (b) => b.op('Reshape', [toFloat(b, b.op('Flatten', ['x'])), b.op('Shape', ['x'])]),
  },
  {
    of: 'quantised bytes',
    prepare: (b) => b.op('DequantizeLinear', ['x', b.constant('float32', 0.02), b.constant('uint8', 120)]),
  },
  {
    of: 'quantised bytes that moved',
    prepare: (b) => {
      const planes = b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
      return b.op('DequantizeLinear', [planes, b.constant('float32', 0.02), b.constant('uint8', 120)]);
    },
  },
];

const itself = (b: Builder, x: string) => b.op('Identity', [x]);

const toy = ({ type = 'uint8', prepare }: Case, body = itself): Graph =>
  toyGraph({ inputs: { x: SHAPE }, inputType: type, outputs: ['y'], build: (b) => body(b, prepare(b)) });

async function runOnPixels(graph: Graph, type: ElementType): Promise<Float32Array> {
  const session = await InferenceSession.create(writeModel(graph), { intraOpNumThreads: 1 });
  const { y } = await session.run({ x: tensorOf(type, pixels, SHAPE) });
  await session.release();
  return y!.data as Float32Array;
}

describe.each(cases)('floatPicture, $of', (each) => {
  const { type = 'uint8' } = each;
  const file = toy(each);
  const graph = inferShapes(floatPicture(file, file.inputs[0]!));

  it('computes what the file does', async () => {
    expect(graph.inputs[0]!.type).toBe('float32');
    const { y } = await runModel(graph, { x: { data: pixels, shape: SHAPE } });
    expect(relativeError(y!.data, await runOnPixels(file, type))).toBeLessThan(1e-6);
  });

  it('has the gradient of what follows', async () => {
    const { graph: backward, seed, gradients } = backwardGraph(graph, { output: 'y', wrt: ['x'] });
    const { shape, data } = (await runModel(graph, { x: { data: pixels, shape: SHAPE } })).y!;
    const dy = noise(shape);
    const results = await runModel(backward, { x: { data: pixels, shape: SHAPE }, [seed]: dy });
    // All are linear as far as the next whole number: pixels are 2, 5, 8, … and bounds lie between.
    const step = noise(SHAPE, 5).data.map((value) => Math.round(1.5 * value));
    const moved = { data: pixels.map((pixel, at) => pixel + step[at]!), shape: SHAPE };
    const after = (await runModel(graph, { x: moved })).y!;
    const wanted = dy.data.reduce((sum, weight, at) => sum + weight * (after.data[at]! - data[at]!), 0);
    const found = results[gradients.get('x')!]!.data.reduce((sum, slope, at) => sum + slope * step[at]!, 0);
    expect(Math.abs(found - wanted)).toBeLessThan(1e-3 * Math.abs(wanted));
  });
});

describe('floatPicture before an operator that needs whole numbers', () => {
  it('restores them', async () => {
    const weights = Array.from({ length: 12 }, (_, at) => at - 5);
    const prepare = (b: Builder) => {
      const planes = b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
      const kernel = b.constant('int8', weights, [4, 3, 1, 1]);
      return toFloat(b, b.op('ConvInteger', [planes, kernel, b.constant('uint8', 3)]));
    };
    const file = toy({ of: 'ConvInteger', prepare }, means);
    const graph = inferShapes(floatPicture(file, file.inputs[0]!));
    const { y } = await runModel(graph, { x: { data: pixels, shape: SHAPE } });
    expect(Array.from(y!.data)).toEqual(Array.from(await runOnPixels(file, 'uint8')));

    const { graph: backward, seed, gradients } = backwardGraph(graph, { output: 'y', wrt: ['x'] });
    const dy = { data: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1), shape: [2, 4] };
    const results = await runModel(backward, { x: { data: pixels, shape: SHAPE }, [seed]: dy });
    const slopes = results[gradients.get('x')!]!.data;
    expect(Array.from(slopes.slice(0, 3), (slope) => slope * 64)).toEqual(weights.slice(0, 3));
    expect(Array.from(slopes.slice(-3), (slope) => slope * 64)).toEqual(weights.slice(9));
  });

  it('rounds what is no whole number, as a byte would be', async () => {
    const prepare = (b: Builder) => b.op('DequantizeLinear', ['x', b.constant('float32', 1)]);
    const file = toy({ of: 'DequantizeLinear', prepare });
    const graph = floatPicture(file, file.inputs[0]!);
    const data = pixels.map((pixel, at) => (at < 3 ? [1.4, 300, -7][at]! : pixel));
    const { y } = await runModel(graph, { x: { data, shape: SHAPE } });
    expect(Array.from(y!.data.slice(0, 4))).toEqual([1, 255, 0, pixels[3]]);
  });
});

it('leaves the rest of a graph alone', () => {
  const file = toy(cases[0]!);
  const { nodes, constants } = floatPicture(file, file.inputs[0]!);
  expect(nodes).toEqual(file.nodes);
  expect(constants).toEqual(file.constants);
});
