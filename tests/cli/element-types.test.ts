/** The default model in float16 and on bytes [N, H, W, 3] is explained as the float32 file is, by every method. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../../dist/src/core/npy.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { relativeError } from '../distance.ts';
import { insideInType, inType, onPixels, withHalfWeights } from '../element-types.ts';
import { readNpy } from '../npy.ts';
import { command, expectRefusal, repository, workingFolder } from './command.ts';
import { METHODS } from './methods-of-every-kind.ts';

const folder = workingFolder();
const original = join(repository, 'models/cat-dog');
const photo = join(repository, 'examples/chelsea.png');
const IMAGENET = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

function write(name: string, graph: Graph) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'model.onnx'), writeModel(graph));
  for (const file of ['config.json', 'preprocessor_config.json']) {
    copyFileSync(join(original, file), join(folder, name, file));
  }
}

const explain = (name: string, ...args: string[]) =>
  command(folder, 'explain', '-m', name, '--raw', '-q', '-o', join('out', name), ...args);

beforeAll(async () => {
  const graph = await readGraph(join(original, 'model.onnx'));
  write('single', graph);
  write('half-weights', withHalfWeights(graph));
  write('half', inType(graph, 'float16'));
  write('half-inside', insideInType(graph, 'float16'));
  write('bytes', onPixels(graph, 'uint8', IMAGENET));
  write('wide', onPixels(graph, 'int64', IMAGENET));
  write('pixels', onPixels(graph, 'float32', IMAGENET));
  const methods = [
    '--methods',
    METHODS.join(),
    '--samples',
    '64',
    '--steps',
    '4',
    '--baseline',
    'black',
    '--fill',
    'black',
    '--targets',
    'cat',
  ];
  for (const name of ['single', 'half-weights', 'half', 'half-inside', 'bytes', 'wide']) {
    expect(await explain(name, ...methods, photo)).toEqual({ code: 0, stdout: '', stderr: '' });
  }
  const asTheyAre = ['--mean', '0,0,0', '--std', '1,1,1'];
  expect(await explain('pixels', ...methods, ...asTheyAre, photo)).toEqual({ code: 0, stdout: '', stderr: '' });
});

const mapOf = (name: string, method: string) => readNpy(join(folder, 'out', name, `chelsea.${method}.0-cat.npy`));

/** A gradient by pixels 0–255 is that by the prepared picture, divided by the standard deviation. */
function wanted(name: string, reference: string, method: string): number[] {
  const { data } = mapOf(reference, method);
  const perPixel = method === 'saliency' && ['bytes', 'wide', 'pixels'].includes(name);
  return perPixel ? data.map((slope, at) => slope / IMAGENET.std[Math.floor(at / (128 * 128))]!) : data;
}

/**
 * Gradients of float16 files are those of float32 arithmetic on their weights; black-box scores are the file's own, whose inputs
 * and scores are rounded to 11 bits. What shows through soft masks is rounded to whole pixels where the model takes whole pixels.
 */
const figures: [name: string, reference: string, least: { [method: string]: number }][] = [
  ...['half', 'half-inside'].map(
    (name) =>
      [
        name,
        'half-weights',
        { occlusion: 3e-3, lime: 3e-3, rise: 3e-4, 'kernel-shap': 3e-3 },
      ] as (typeof figures)[number],
  ),
  ['bytes', 'single', { rise: 3e-3 }],
  ['wide', 'single', { rise: 3e-3 }],
  ['pixels', 'single', {}],
];

describe.each(figures)('%s gives the maps of %s', (name, reference, limits) => {
  test.each(METHODS)('%s', (method) => {
    const map = mapOf(name, method);
    expect(map.shape).toEqual(mapOf(reference, method).shape);
    expect(relativeError(map.data, wanted(name, reference, method))).toBeLessThan(limits[method] ?? 1e-5);
  });
});

describe('a tensor for a model that takes bytes', () => {
  const pixels = Uint8Array.from({ length: 128 * 128 * 3 }, (_, at) => (at * 7) % 256);
  const save = (name: string, data: Uint8Array | Float32Array) =>
    writeFileSync(join(folder, name), encodeNpy({ data, shape: [1, 128, 128, 3] }));

  test('is bytes, or whole numbers as floats', async () => {
    save('bytes.npy', pixels);
    save('floats.npy', Float32Array.from(pixels));
    for (const file of ['bytes', 'floats']) {
      const outcome = await explain('bytes', '--method', 'saliency', '-t', 'cat', '--input', `${file}.npy`);
      expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    const [bytes, floats] = ['bytes', 'floats'].map((file) =>
      readNpy(join(folder, 'out/bytes', `${file}.saliency.0-cat.npy`)),
    );
    expect(bytes).toEqual(floats);
  });

  test('is not rounded silently', async () => {
    save(
      'fractions.npy',
      Float32Array.from(pixels, (pixel) => pixel / 255),
    );
    expectRefusal(
      await explain('bytes', '--method', 'saliency', '--input', 'fractions.npy'),
      1,
      /input tensor: expected whole numbers from 0 to 255, received 0\.02/,
    );
  });
});

test('a mean and deviation that would leave nothing of a picture in bytes are refused', async () => {
  expectRefusal(
    await explain('bytes', '--method', 'saliency', '--mean', '124,116,104', '--std', '58,57,57', photo),
    2,
    /std: expected 1, as the model takes whole numbers \(uint8\), received 58, 57, 57\. Leave mean and std out/,
  );
});
