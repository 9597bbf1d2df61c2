import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { gradCam, type LoadOptions, loadModel, type Model, saliency } from '../dist/src/index.js';
import type { Builder } from '../dist/src/onnx/builder.js';
import type { Graph } from '../dist/src/onnx/graph.js';
import { writeModel } from '../dist/src/onnx/write.js';
import { noise, toyGraph } from './toy-model.ts';

const root = mkdtempSync(join(tmpdir(), 'model-'));
afterAll(() => rmSync(root, { recursive: true }));

/** z = W · mean(relu(picture)) over two channels' worth of weights. */
const WEIGHTS = [1, -2, 3, 0.5, -1, 2];
const scores = (b: Builder, classes: number) => {
  const mean = b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', ['picture'])])]);
  return b.op('MatMul', [mean, b.constant('float32', WEIGHTS.slice(0, 3 * classes), [3, classes])]);
};
const graphOf = (build: (b: Builder) => string | string[], outputs: string[]) =>
  toyGraph({ inputs: { picture: ['N', 3, 8, 8] }, outputs, build });

let count = 0;
function folderWith(graph: Graph, files: Record<string, object> = {}, model = 'model.onnx'): string {
  const folder = join(root, String(count++));
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  writeFileSync(join(folder, model), writeModel(graph));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

let model: Model;
async function load(path: string, options: LoadOptions = {}): Promise<Model> {
  model = await loadModel(path, { workers: 1, ...options });
  return model;
}
afterEach(() => model?.close());

const input = { tensor: noise([1, 3, 8, 8], 5) };
/** The means of the positive parts of the three channels. */
const means = [0, 1, 2].map((channel) => {
  const plane = input.tensor.data.subarray(64 * channel, 64 * (channel + 1));
  return plane.reduce((sum, value) => sum + Math.max(0, value), 0) / 64;
});
const logit = (column: number, classes: number) =>
  means.reduce((sum, mean, row) => sum + mean * WEIGHTS[row * classes + column]!, 0);
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe('logits and probabilities, whatever the file ends in', () => {
  const z = [logit(0, 2), logit(1, 2)] as const;
  const endings: [string, (b: Builder) => string][] = [
    ['logits', (b) => scores(b, 2)],
    ['a softmax', (b) => b.op('Softmax', [scores(b, 2)], { axis: 1 })],
    [
      'a softmax and a reshape',
      (b) => b.op('Reshape', [b.op('Softmax', [scores(b, 2)], { axis: 1 }), b.constant('int64', [-1, 2])]),
    ],
  ];
  test.each(endings)('%s', async (_, build) => {
    const { activation } = await load(folderWith(graphOf(build, ['out'])));
    expect(activation).toBe('softmax');
    const logits = await model.logits((await model.prepare(input)).picture);
    expect(logits[0]! - logits[1]!).toBeCloseTo(z[0] - z[1], 4);
    const [top] = await model.classify(input);
    expect(top!.probability).toBeCloseTo(Math.max(sigmoid(z[0] - z[1]), sigmoid(z[1] - z[0])), 5);
    expect((await saliency(model, input, { target: 1 })).score).toBeCloseTo(logits[1]!, 5);
  });

  test('a sigmoid for each class', async () => {
    await load(folderWith(graphOf((b) => b.op('Sigmoid', [scores(b, 2)]), ['out'])));
    const byIndex = (await model.classify(input)).sort((a, b) => a.index - b.index);
    expect(byIndex[0]!.probability).toBeCloseTo(sigmoid(z[0]), 5);
    expect(byIndex[1]!.probability).toBeCloseTo(sigmoid(z[1]), 5);
  });

  test('one sigmoid is two classes, with opposite logits and gradients', async () => {
    await load(folderWith(graphOf((b) => b.op('Sigmoid', [scores(b, 1)]), ['out'])), { labels: ['no', 'yes'] });
    const positive = logit(0, 1);
    const [no, yes] = await saliency(model, input, { targets: ['no', 'yes'] });
    expect(yes!.score).toBeCloseTo(positive, 5);
    expect(no!.score).toBeCloseTo(-positive, 5);
    expect(yes!.target.probability).toBeCloseTo(sigmoid(positive), 5);
    expect(Array.from(no!.data, (value) => 0 - value)).toEqual(Array.from(yes!.data));
    expect(Math.max(...yes!.data)).toBeGreaterThan(0);
  });
});

test('of several outputs the one of shape [N, classes] is taken, and another one on demand', async () => {
  const build = (b: Builder) => {
    const features = b.op('Relu', ['picture']);
    const first = scores(b, 2);
    return [features, first, b.op('Neg', [first])];
  };
  const graph = graphOf(build, ['features', 'logits', 'negated']);
  const folder = folderWith({
    ...graph,
    outputs: graph.outputs.map((value, at) => ({ ...value, shape: at === 0 ? ['N', 3, 8, 8] : ['N', 2] })),
  });
  const plain = await load(folder);
  expect(plain.outputName).toBe('logits');
  const logits = await plain.logits((await plain.prepare(input)).picture);
  await plain.close();
  const other = await load(folder, { outputName: 'negated' });
  const negated = await other.logits((await other.prepare(input)).picture);
  expect(Array.from(negated, (value) => -value)).toEqual(Array.from(logits));
});

describe('files beside the model', () => {
  const graph = graphOf((b) => scores(b, 2), ['logits']);
  const config = { id2label: { 0: 'left', 1: 'right' } };
  const preprocessor = {
    size: { height: 8, width: 8 },
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.25, 0.25, 0.25],
    do_normalize: true,
  };

  test.each(['model.onnx', 'onnx/model.onnx'])('in Hugging Face’s layout, with %s', async (file) => {
    const folder = folderWith(graph, { 'config.json': config, 'preprocessor_config.json': preprocessor }, file);
    const { labels, warnings } = await load(folder);
    expect(labels).toEqual(['left', 'right']);
    expect(warnings).toEqual([]);
    const white = { data: new Uint8Array(3 * 100).fill(255), width: 10, height: 10 };
    const { picture, view } = await model.prepare(white);
    expect(picture.data[0]).toBeCloseTo((1 - 0.5) / 0.25, 6);
    expect(view).toEqual({ width: 10, height: 10, crop: [0, 0, 10, 10] });
  });

  test('missing: ImageNet’s preprocessing with a warning', async () => {
    const { warnings, labels } = await load(folderWith(graph));
    expect(labels).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('ImageNet')]);
  });

  test('of another number of classes: a warning', async () => {
    const { warnings } = await load(folderWith(graph, { 'preprocessor_config.json': preprocessor }), {
      labels: ['one'],
    });
    expect(warnings).toEqual([expect.stringContaining('1 labels for 2 classes')]);
  });
});

test('external data beyond 2 GiB is never read whole: logits and gradients', async () => {
  const folder = folderWith(graphOf((b) => scores(b, 2), ['logits']));
  const graph = graphOf((b) => scores(b, 2), ['logits']);
  const offset = 2.5 * 2 ** 30;
  const [name, weights] = [...graph.constants].find(([, { shape }]) => shape.length === 2)!;
  const external = { ...weights, data: { location: 'weights.bin', offset, length: 24 } };
  writeFileSync(
    join(folder, 'model.onnx'),
    writeModel({ ...graph, constants: new Map([...graph.constants, [name, external]]) }),
  );
  const file = await open(join(folder, 'weights.bin'), 'w');
  await file.write(weights.data as Uint8Array, 0, 24, offset);
  await file.close();
  await load(folder);
  const logits = await model.logits((await model.prepare(input)).picture);
  expect(logits[1]).toBeCloseTo(logit(1, 2), 5);
  const { data } = await gradCam(model, input, { target: 0 });
  expect(data.some((value) => value > 0)).toBe(true);
  truncateSync(join(folder, 'weights.bin'));
});

describe('what cannot be loaded', () => {
  test.each([
    ['a path that does not exist', join(root, 'nowhere.onnx'), {}, 'ERR_MODEL', 'nowhere.onnx'],
    ['a folder without a model', root, {}, 'ERR_MODEL', 'model.onnx'],
    ['no workers', undefined, { workers: 0 }, 'ERR_OPTION', 'workers'],
    ['too large a batch', undefined, { batch: 1000 }, 'ERR_OPTION', 'batch'],
    ['a size that the model does not take', undefined, { size: 99 }, 'ERR_OPTION', 'size'],
  ])('%s', async (_, path, options, code, words) => {
    await expect(loadModel(path, options)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});

test('after close every call is refused with a code', async () => {
  await load(folderWith(graphOf((b) => scores(b, 2), ['logits'])));
  await model.close();
  await expect(model.classify(input)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  await model.close();
});
