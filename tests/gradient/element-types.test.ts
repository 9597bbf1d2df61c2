/** Models of other element types, by the library: gradients, baselines, layers, and what is said about them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { baselineOf } from '../../dist/src/core/baseline.js';
import {
  gradCam,
  integratedGradients,
  type LoadOptions,
  loadModel,
  occlusion,
  saliency,
} from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph, Shape } from '../../dist/src/onnx/graph.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { relativeError } from '../distance.ts';
import { insideInType, inType, onPixels } from '../element-types.ts';
import { noise, toyGraph } from '../toy-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function load(graph: Graph, options: LoadOptions = {}) {
  const path = join(folder, `${count++}.onnx`);
  writeFileSync(path, writeModel(graph));
  return loadModel(path, { workers: 1, ...options });
}

const SIDE = 12;
const picture: Shape = ['N', 3, SIDE, SIDE];
const photo = {
  data: Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, at) => (at * 37) % 256),
  width: SIDE,
  height: SIDE,
};
const SCALE = { mean: [10, 20, 30], std: [50, 60, 70] };
const weights = (b: Builder, shape: readonly number[], seed: number) =>
  b.constant('float32', Array.from(noise(shape, seed).data), shape);

/** Conv → Relu → Conv to classes → mean: the classifier is the second convolution, as in SqueezeNet. */
const network = (channels = 3) =>
  toyGraph({
    inputs: { picture: ['N', channels, SIDE, SIDE] },
    outputs: ['scores'],
    outputShapes: [['N', 7]],
    build(b) {
      const features = b.op('Relu', [b.op('Conv', ['picture', weights(b, [700, channels, 3, 3], 1)])]);
      const maps = b.op('Conv', [features, weights(b, [7, 700, 1, 1], 2)]);
      return b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', [maps])])]);
    },
  });

describe('a float16 model', () => {
  it.each([
    ['throughout', inType],
    ['between casts', insideInType],
  ])('%s has the layers and nearly the gradients of its float32 twin', async (_, convert) => {
    await using twin = await load(network(), SCALE);
    await using model = await load(convert(network(), 'float16'), SCALE);
    const [wanted, found] = await Promise.all([twin, model].map((each) => gradCam(each, photo, { target: 2 })));
    expect(found!.options).toEqual(wanted!.options);
    expect(found!.options).toMatchObject({ layer: 't1_Relu' });
    expect(relativeError(found!.data, wanted!.data)).toBeLessThan(2e-3);
    const slopes = await Promise.all([model, twin].map((each) => saliency(each, photo, { target: 2 })));
    expect(relativeError(slopes[0]!.data, slopes[1]!.data)).toBeLessThan(5e-2);
  });

  it('whose numbers overflow says so', async () => {
    const graph = toyGraph({
      inputs: { picture },
      inputType: 'float16',
      outputType: 'float16',
      outputs: ['scores'],
      outputShapes: [['N', 3]],
      build: (b) => b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Sub', ['picture', 'picture'])])]),
    });
    await using model = await load(graph, { mean: [0], std: [1e-4] });
    await expect(model.classify(photo)).rejects.toThrow(
      expect.objectContaining({
        code: 'ERR_NOT_FINITE',
        message:
          'scores of the picture: expected finite numbers, received NaN or infinity. Where the file is float16, try it in float32.',
      }),
    );
  });
});

it('a float64 model of matrices is explained', async () => {
  const graph = toyGraph({
    inputs: { picture },
    outputs: ['scores'],
    outputShapes: [['N', 4]],
    build: (b) => b.op('MatMul', [b.op('Flatten', ['picture']), weights(b, [3 * SIDE * SIDE, 4], 3)]),
  });
  await using model = await load(inType(graph, 'float64'), SCALE);
  const { data } = await saliency(model, photo, { target: 1 });
  const column = noise([3 * SIDE * SIDE, 4], 3).data.filter((_, at) => at % 4 === 1);
  expect(Array.from(data)).toEqual(Array.from(column));
  const { data: drops } = await occlusion(model, photo, { target: 1, window: 6, stride: 6, baseline: 0 });
  expect(drops.some((drop) => drop !== 0)).toBe(true);
});

describe('a model of whole numbers', () => {
  it('guesses nothing about means and deviations, so that nothing is said', async () => {
    await using model = await load(onPixels(network(), 'uint8', SCALE));
    expect(model.warnings).toEqual([]);
    const { picture: prepared, normalisation } = await model.prepare({
      tensor: { data: Float32Array.from(photo.data), shape: [1, SIDE, SIDE, 3] },
    });
    expect(normalisation).toMatchObject({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect(prepared.data[1]).toBe(photo.data[3]);
  });

  it.each(['uint8', 'int8', 'int32'] as const)('%s: baselines are colours, and the path is complete', async (type) => {
    const scale = type === 'int8' ? { ...SCALE, mean: SCALE.mean.map((mean) => mean - 128) } : SCALE;
    const config = { size: SIDE };
    await using twin = await load(network(), { ...SCALE, ...config });
    await using model = await load(onPixels(network(), type, scale), config);
    for (const baseline of ['black', 'white', 'grey', '10,20,30'] as const) {
      const options = { target: 3, baseline, steps: 30 };
      const [wanted, found] = await Promise.all([twin, model].map((each) => integratedGradients(each, photo, options)));
      expect(relativeError(found!.data, wanted!.data)).toBeLessThan(1e-4);
      expect(found!.convergenceDelta).toBeCloseTo(wanted!.convergenceDelta!, 3);
      const drops = await Promise.all(
        [twin, model].map((each) => occlusion(each, photo, { ...options, window: 4, stride: 4 })),
      );
      expect(relativeError(drops[1]!.data, drops[0]!.data)).toBeLessThan(1e-4);
    }
  });
});

describe('a baseline of a model of whole numbers', () => {
  it('is of whole numbers too, so that the path begins where the score is taken', async () => {
    await using model = await load(onPixels(network(), 'uint8', SCALE), { size: SIDE });
    const prepared = await model.prepare(photo);
    for (const baseline of ['mean', 'blur:3', 'noise', '10.4,20.5,30.6'] as const) {
      const { data } = baselineOf(baseline, prepared, 1);
      expect([...data].filter((value) => !Number.isInteger(value))).toEqual([]);
    }
    const { convergenceDelta } = await integratedGradients(model, photo, { target: 3, baseline: 'mean', steps: 200 });
    await using twin = await load(network(), { ...SCALE, size: SIDE });
    const wanted = await integratedGradients(twin, photo, { target: 3, baseline: 'mean', steps: 200 });
    expect(Math.abs(convergenceDelta!)).toBeLessThan(2 * Math.abs(wanted.convergenceDelta!) + 1e-3);
  });

  it('that it does not have is refused', async () => {
    await using model = await load(onPixels(network(), 'uint8', SCALE), { size: SIDE });
    await expect(integratedGradients(model, photo, { baseline: -3 })).rejects.toThrow(
      'baseline: expected a whole number from 0 to 255, received -3.',
    );
  });
});

describe('a grey model', () => {
  it.each([
    ['[N, 1, H, W]', ['N', 1, SIDE, SIDE]],
    ['[N, H, W, 1]', ['N', SIDE, SIDE, 1]],
    ['[2, 1, H, W]', [2, 1, SIDE, SIDE]],
  ] as [string, Shape][])('%s: the gradients of its three channels added up', async (_, shape) => {
    const rgb = network();
    const isLast = shape[3] === 1;
    const grey = toyGraph({
      inputs: { grey: shape },
      build(b) {
        const planes = isLast ? b.op('Transpose', ['grey'], { perm: [0, 3, 1, 2] }) : 'grey';
        return b.op('Concat', [planes, planes, planes], { axis: 1 });
      },
      outputs: ['picture'],
    });
    const whole: Graph = {
      ...rgb,
      inputs: grey.inputs,
      nodes: [
        ...grey.nodes.map((node) => ({
          ...node,
          outputs: node.outputs.map((name) => (name === 'picture' ? name : `grey ${name}`)),
          inputs: node.inputs.map((name) => (name === 'grey' ? name : `grey ${name}`)),
        })),
        ...rgb.nodes,
      ],
      outputs: rgb.outputs.map((value) => ({ ...value, shape: [shape[0]!, 7] })),
    };
    const level = { ...photo, data: photo.data.map((_, at) => photo.data[at - (at % 3)]!) };
    await using twin = await load(rgb, { mean: [100], std: [50] });
    await using model = await load(whole, { mean: [100], std: [50] });
    expect(model.channels).toBe(1);
    const [wanted, found] = await Promise.all([twin, model].map((each) => saliency(each, level, { target: 2 })));
    const plane = SIDE * SIDE;
    const sums = Array.from(
      { length: plane },
      (__, at) => wanted!.data[at]! + wanted!.data[plane + at]! + wanted!.data[2 * plane + at]!,
    );
    expect(found!.shape).toEqual([1, SIDE, SIDE]);
    expect(relativeError(found!.data, sums)).toBeLessThan(1e-5);
    const cams = await Promise.all([model, twin].map((each) => gradCam(each, level, { target: 2 })));
    expect(relativeError(cams[0]!.data, cams[1]!.data)).toBeLessThan(1e-5);
  });
});
