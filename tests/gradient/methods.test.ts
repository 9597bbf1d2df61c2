/** Methods on models small enough to know the answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gradCam } from '../../dist/src/gradient/grad-cam.js';
import { integratedGradients } from '../../dist/src/gradient/integrated-gradients.js';
import { layerCam } from '../../dist/src/gradient/layer-cam.js';
import { saliency } from '../../dist/src/gradient/saliency.js';
import type { LoadOptions } from '../../dist/src/model.js';
import { loadModel } from '../../dist/src/model.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, type ToyModel, toyGraph } from '../toy-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradient-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function load(toy: Omit<ToyModel, 'outputs'>, options: LoadOptions = {}) {
  const path = join(folder, `${count++}.onnx`);
  writeFileSync(path, writeModel(toyGraph({ outputs: ['scores'], ...toy })));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
}

const size = 5;
const weights = noise([3 * size * size, 4], 9).data;
const column = (target: number) => Float32Array.from({ length: 3 * size * size }, (_, at) => weights[at * 4 + target]!);
const image = { tensor: noise([1, 3, size, size], 2) };

function expectNear(actual: Float32Array, wanted: ArrayLike<number>, digits: number): void {
  expect(actual.length).toBe(wanted.length);
  for (const [at, value] of actual.entries()) expect(value).toBeCloseTo(wanted[at]!, digits);
}

/** logits = x W, x flattened channels first */
const linear = (batch: number | string, more: LoadOptions = {}) =>
  load(
    {
      inputs: { x: [batch, 3, size, size] },
      outputShapes: [[batch, 4]],
      build: (b) => b.op('MatMul', [b.op('Flatten', ['x']), b.constant('float32', [...weights], [75, 4])]),
    },
    more,
  );

describe('a linear model', () => {
  test.each(['N', 1, 3])('with a batch of %s has its weights as saliency', async (batch) => {
    await using model = await linear(batch);
    const results = await saliency(model, image, { targets: [0, 3, 1] });
    expect(results.map(({ data }) => data)).toEqual([column(0), column(3), column(1)]);
    expect(results[0]).toMatchObject({
      shape: [3, size, size],
      fold: 'magnitude',
      forwardPasses: 2,
      backwardPasses: 1,
    });
  });

  test.each(['gauss-legendre', 'left', 'trapezoid'] as const)(
    'has W ⊙ (x − x′) as Integrated Gradients (%s)',
    async (quadrature) => {
      await using model = await linear('N');
      const { data, convergenceDelta } = await integratedGradients(model, image, {
        target: 2,
        baseline: 0.25,
        steps: 7,
        quadrature,
      });
      const exact = column(2).map((weight, at) => weight * (image.tensor.data[at]! - 0.25));
      expectNear(data, exact, 5);
      expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-5);
    },
  );

  test("gives the softmax's gradient p_t (W_t − Σ p W) for probabilities", async () => {
    await using model = await linear('N');
    const { data, target, score } = await saliency(model, image, { target: 1, score: 'probability' });
    const top = await model.classify(image, { top: 4 });
    const mean = (at: number) => top.reduce((sum, { index, probability }) => sum + probability * column(index)[at]!, 0);
    expectNear(
      data,
      column(1).map((weight, at) => target.probability * (weight - mean(at))),
      6,
    );
    expect(score).toBeCloseTo(target.probability, 12);
  });
});

describe('a quadratic model', () => {
  test('misses completeness as its quadrature does: left sums of ∫ 2 α x² fall short by Σ x² / n', async () => {
    await using model = await load({
      inputs: { x: ['N', 3, 2, 2] },
      build: (b) => {
        const sum = b.op('ReduceSum', [b.op('Mul', ['x', 'x']), b.constant('int64', [1, 2, 3])], { keepdims: 0 });
        const row = b.op('Unsqueeze', [sum, b.constant('int64', [1])]);
        return b.op('Concat', [row, b.op('Neg', [row])], { axis: 1 });
      },
    });
    const picture = noise([1, 3, 2, 2], 4);
    const energy = picture.data.reduce((sum, value) => sum + value * value, 0);
    const left = await integratedGradients(model, { tensor: picture }, { target: 0, steps: 10, quadrature: 'left' });
    expect(left.convergenceDelta).toBeCloseTo(-energy / 10, 5);
    const gauss = await integratedGradients(model, { tensor: picture }, { target: 0, steps: 1 });
    expect(gauss.convergenceDelta).toBeCloseTo(0, 5);
  });
});

describe('layouts and heads', () => {
  test('a model that wants the channels last gives the gradient channels first', async () => {
    await using model = await load({
      inputs: { x: ['N', size, size, 3] },
      build: (b) => {
        const planar = b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
        return b.op('MatMul', [b.op('Flatten', [planar]), b.constant('float32', [...weights], [75, 4])]);
      },
    });
    const last = Float32Array.from({ length: 75 }, (_, at) => image.tensor.data[(at % 3) * 25 + Math.floor(at / 3)]!);
    const { data, shape } = await saliency(model, { tensor: { data: last, shape: [1, size, size, 3] } }, { target: 2 });
    expect([shape, data]).toEqual([[3, size, size], column(2)]);
  });

  test('one sigmoid output is two classes with opposite gradients', async () => {
    await using model = await load({
      inputs: { x: ['N', 3, size, size] },
      build: (b) =>
        b.op('Sigmoid', [b.op('MatMul', [b.op('Flatten', ['x']), b.constant('float32', [...column(0)], [75, 1])])]),
    });
    const [no, yes] = await saliency(model, image, { targets: [0, 1] });
    expect(yes!.data).toEqual(column(0));
    expect(no!.data).toEqual(column(0).map((value) => -value));
  });
});

/** A = relu(x), logits = mean over space of (V x A): feature maps with known weights. */
const V = [1, -2, 0.5, 0.25, 1, -1];
const pooled = (more: LoadOptions = {}) =>
  load(
    {
      inputs: { x: ['N', 3, 4, 4] },
      build: (b) => {
        const features = b.op('Relu', ['x']);
        return b.op('MatMul', [
          b.op('Flatten', [b.op('GlobalAveragePool', [features])]),
          b.constant('float32', V, [3, 2]),
        ]);
      },
    },
    more,
  );
const pixels = noise([1, 3, 4, 4], 8);
const activation = (channel: number, cell: number) => Math.max(0, pixels.data[channel * 16 + cell]!);

describe('class activation maps', () => {
  test.each([
    ['grad-cam', gradCam, (weight: number) => weight],
    ['layer-cam', layerCam, (weight: number) => Math.max(0, weight)],
  ] as const)('%s weighs the channels by the classifier', async (_, method, part) => {
    await using model = await pooled();
    for (const target of [0, 1]) {
      const map = Array.from({ length: 16 }, (_, cell) =>
        [0, 1, 2].reduce((sum, channel) => sum + (part(V[channel * 2 + target]!) / 16) * activation(channel, cell), 0),
      );
      const { data, shape } = await method(model, { tensor: pixels }, { target });
      expect(shape).toEqual([4, 4]);
      expectNear(
        data,
        map.map((value) => Math.max(0, value)),
        6,
      );
      const signed = await method(model, { tensor: pixels }, { target, relu: false });
      expectNear(signed.data, map, 6);
    }
  });

  test('a layer that is none is refused, with the nearest', async () => {
    await using model = await pooled();
    await expect(gradCam(model, { tensor: pixels }, { target: 0, layer: 't0_Rellu' })).rejects.toMatchObject({
      code: 'ERR_LAYER',
      message: expect.stringContaining("'t0_Relu'"),
    });
  });

  test('a layer without feature maps is refused', async () => {
    await using model = await pooled();
    await expect(gradCam(model, { tensor: pixels }, { target: 0, layer: 'Flatten' })).rejects.toMatchObject({
      code: 'ERR_LAYER',
    });
  });
});

describe('running', () => {
  test('gives the same bytes with any number of workers and any batch', async () => {
    const runs = [];
    for (const [workers, batch] of [
      [1, 4],
      [2, 2],
      [2, 8],
    ] as const) {
      await using model = await pooled({ workers, batch });
      const options = { targets: [0, 1], steps: 13, baseline: 'noise', seed: 3 } as const;
      runs.push((await integratedGradients(model, { tensor: pixels }, options)).map(({ data }) => [...data]));
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test('stops when asked to', async () => {
    await using model = await pooled();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(integratedGradients(model, { tensor: pixels }, { target: 0, signal })).rejects.toThrow('enough');
  });

  test.each([
    ['steps', { steps: 0 }],
    ['steps', { steps: 1, quadrature: 'trapezoid' }],
    ['quadrature', { quadrature: 'simpson' as 'left' }],
  ] as const)('refuses wrong %s', async (name, options) => {
    await using model = await pooled();
    const call = integratedGradients(model, { tensor: pixels }, { target: 0, ...options });
    await expect(call).rejects.toMatchObject({ code: 'ERR_OPTION', message: expect.stringContaining(name) });
  });
});
