import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { compare, loadModel, type Model } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
afterAll(() => rmSync(folder, { recursive: true }));

const image = { tensor: noise([1, 3, 12, 12], 3) };
let model: Model | undefined;
afterEach(() => model?.close());

/** Three classes; `between` stands before the classifier. */
async function load(name: string, between = (_: Builder, x: string) => x): Promise<Model> {
  const graph = toyGraph({
    inputs: { picture: ['N', 3, 12, 12] },
    outputs: ['logits'],
    build(b) {
      const kernel = b.constant('float32', [...noise([4, 3, 3, 3], 1).data], [4, 3, 3, 3]);
      const features = b.op('Relu', [b.op('Conv', ['picture', kernel], { kernel_shape: [3, 3] })]);
      const mean = b.op('Flatten', [b.op('GlobalAveragePool', [between(b, features)])]);
      return b.op('MatMul', [mean, b.constant('float32', [...noise([4, 3], 2).data], [4, 3])]);
    },
  });
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, writeModel(graph));
  model = await loadModel(path, { workers: 1, labels: ['ant', 'bee', 'cow'] });
  return model;
}
const few = { samples: 20, steps: 4 } as const;

test('explains each class with each method, method by method', async () => {
  const { attributions, agreement, predictions, refused } = await compare(await load('plain'), image, {
    targets: ['cow', 0],
    ...few,
  });
  expect(attributions.map(({ method, target }) => [method, target.label])).toEqual(
    ['occlusion', 'lime', 'grad-cam', 'layer-cam', 'integrated-gradients'].flatMap((method) => [
      [method, 'cow'],
      [method, 'ant'],
    ]),
  );
  expect(predictions).toHaveLength(3);
  expect(refused).toEqual([]);
  expect(agreement.spearman).toHaveLength(10);
  agreement.spearman.forEach((row, at) => {
    expect(row[at]).toBeCloseTo(1, 10);
  });
});

test('without targets: the most probable classes, and a class named twice once', async () => {
  const { attributions, predictions } = await compare(await load('plain'), image, { methods: ['grad-cam'] });
  expect(attributions.map(({ target }) => target.index)).toEqual(predictions.slice(0, 2).map(({ index }) => index));
  const twice = await compare(model!, image, { methods: ['grad-cam'], targets: ['bee', 1, 'BEE'] });
  expect(twice.attributions).toHaveLength(1);
});

test('options behind a name go before those of all methods', async () => {
  const { attributions } = await compare(await load('plain'), image, {
    methods: ['occlusion:window=4', 'occlusion'],
    window: 6,
    stride: 2,
    targets: [0],
  });
  expect(attributions.map(({ options }) => options.window)).toEqual([
    { height: 4, width: 4 },
    { height: 6, width: 6 },
  ]);
});

test('methods that an operator without a gradient rule forbids are left out and named; asked for alone, they fail', async () => {
  const sampled = await load('unknown-rule', (b, x) => {
    const size = b.op('Concat', [b.op('Shape', [x], { end: 1 }), b.constant('int64', [10, 10, 2])], { axis: 0 });
    const places = b.constant('float32', [...noise([1, 10, 10, 2], 4).data], [1, 10, 10, 2]);
    return b.op('GridSample', [x, b.op('Expand', [places, size])], { mode: 'cubic' });
  });
  const { attributions, refused } = await compare(sampled, image, { targets: [0], ...few });
  // The maps of the layer behind the operator need no gradient through it.
  expect(attributions.map(({ method }) => method)).toEqual(['occlusion', 'lime', 'grad-cam', 'layer-cam']);
  expect(refused.map(({ method, error }) => [method, error.code])).toContainEqual([
    'integrated-gradients',
    'ERR_OPERATOR',
  ]);
  const alone = compare(sampled, image, { targets: [0], methods: ['integrated-gradients'], ...few });
  await expect(alone).rejects.toMatchObject({ code: 'ERR_OPERATOR', message: expect.stringContaining('GridSample') });
});

test('a layer that is asked for and not there is an error, wherever it is asked for', async () => {
  const plain = await load('plain');
  for (const options of [{ methods: ['grad-cam', 'layer-cam:layer=typo'] }, { methods: ['grad-cam'], layer: 'typo' }]) {
    await expect(compare(plain, image, { ...options, targets: [0] })).rejects.toMatchObject({ code: 'ERR_LAYER' });
  }
});

test('what is compared with different baselines is not taken for the same', async () => {
  const model = await load('plain');
  const methods = ['deep-lift:baseline=0', 'deep-lift:baseline=0.7'];
  const { attributions } = await compare(model, image, { methods, targets: [0] });
  expect(attributions[0]!.data).not.toEqual(attributions[1]!.data);
});

test('methods share the classification and the passes on the picture as it is, and give what they give alone', async () => {
  const plain = await load('plain');
  const passes = { logits: 0, rows: 0 };
  const counted: Model = Object.assign(Object.create(plain), {
    logits: (...call: Parameters<Model['logits']>) => {
      passes.logits++;
      return plain.logits(...call);
    },
    sums: (...call: Parameters<Model['sums']>) => {
      passes.rows += call[2].length;
      return plain.sums(...call);
    },
  });
  const methods = METHODS.map(({ name, aliases }) => (name === 'cam' ? aliases[0]! : name));
  const { attributions } = await compare(counted, image, { methods, targets: [0, 2], ...few });
  expect(passes.logits).toBe(1);
  const { rows } = passes;
  const alone = [];
  for (const { explain } of METHODS) alone.push(...(await explain(counted, image, { ...few, targets: [0, 2] })));
  expect(attributions.map(({ data }) => data)).toEqual(alone.map(({ data }) => data));
  expect(passes.logits).toBe(1 + METHODS.length);
  // Grad-CAM and LayerCAM read the same gradients of two classes.
  expect(rows).toBeLessThanOrEqual(passes.rows - rows - 2);
});

test('a tool’s defaults stand below what is asked for', async () => {
  const grad = { targets: [0], methods: ['lime', 'lime:samples=12', 'grad-cam'], like: 'captum' } as const;
  const { attributions } = await compare(await load('plain'), image, { ...grad, segments: 4, samples: undefined });
  expect(attributions.map(({ options }) => options)).toMatchObject([
    { samples: 25, kernelWidth: 1, segments: 4 },
    { samples: 12, kernelWidth: 1 },
    { relu: false },
  ]);
});

test('columns of one method are told apart', async () => {
  const { agreement } = await compare(await load('plain'), image, {
    methods: ['occlusion:window=4', 'occlusion:window=6'],
    targets: [0, 1],
  });
  expect(agreement.methods).toEqual(['occlusion', 'occlusion', 'occlusion-2', 'occlusion-2']);
});

test('aborts in the middle with the signal’s reason', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const call = compare(await load('plain'), image, {
    methods: ['lime'],
    samples: 20_000,
    signal: controller.signal,
    onProgress: () => controller.abort(reason),
  });
  await expect(call).rejects.toBe(reason);
});
