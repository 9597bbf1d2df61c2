/** What must hold of the backpropagation family on models small enough to know the answer. */
import { describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { deconvnet } from '../../dist/src/gradient/deconvnet.js';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { guidedBackprop } from '../../dist/src/gradient/guided-backprop.js';
import { inputXGradient } from '../../dist/src/gradient/input-x-gradient.js';
import { lrp } from '../../dist/src/gradient/lrp.js';
import { saliency } from '../../dist/src/gradient/saliency.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { relativeError } from '../distance.ts';
import { noise } from '../toy-model.ts';
import { dense, image, sum, toyLoader, weights } from './relevance-toys.ts';

const load = toyLoader();

describe('a linear model x W', () => {
  const W = noise([108, 4], 9).data;
  const column = Array.from({ length: 108 }, (_, at) => W[at * 4 + 1]!);
  const products = (baseline: number) => column.map((weight, at) => weight * (image.tensor.data[at]! - baseline));

  test('has x ⊙ W as input × gradient and as LRP epsilon, and (x − x′) ⊙ W as DeepLIFT', async () => {
    await using model = await load((b) => dense(b, 'x', 108));
    const [byGradient, byRelevance, lifted] = [
      await inputXGradient(model, image, { target: 1 }),
      await lrp(model, image, { target: 1, rule: 'epsilon' }),
      await deepLift(model, image, { target: 1, baseline: 0.25 }),
    ];
    expect(relativeError(byGradient.data, products(0))).toBeLessThan(1e-6);
    expect(relativeError(byRelevance.data, products(0))).toBeLessThan(1e-5);
    expect(relativeError(lifted.data, products(0.25))).toBeLessThan(1e-6);
    expect(lifted.convergenceDelta).toBeCloseTo(0, 5);
    expect(lifted).toMatchObject({ forwardPasses: 4, backwardPasses: 1, options: { baseline: 0.25 } });
  });

  test('has its weights as guided backprop, with a warning that there are no rectifiers', async () => {
    await using model = await load((b) => dense(b, 'x', 108));
    const { data, warnings } = await guidedBackprop(model, image, { target: 1 });
    expect(relativeError(data, column)).toBe(0);
    expect(warnings?.[0]).toContain('no rectifiers');
  });

  test('keeps its saliency under noise: SmoothGrad W, SmoothGrad² W², VarGrad 0', async () => {
    await using model = await load((b) => dense(b, 'x', 108));
    const run = (kind: 'smoothgrad' | 'smoothgrad-sq' | 'vargrad') =>
      saliency(model, image, { target: 1, noise: kind, noiseSamples: 7 });
    expect(relativeError((await run('smoothgrad')).data, column)).toBeLessThan(1e-6);
    const squares = await run('smoothgrad-sq');
    const energies = column.map((weight) => weight ** 2);
    expect(relativeError(squares.data, energies)).toBeLessThan(1e-6);
    expect(squares).toMatchObject({ seed: 0, unit: '(logit per unit of input)²', forwardPasses: 8, backwardPasses: 7 });
    expect(Math.max(...(await run('vargrad')).data)).toBeLessThan(1e-10);
  });

  test('has W² σ² as VarGrad of input × gradient, on average', async () => {
    await using model = await load((b) => dense(b, 'x', 108));
    const options = { target: 1, noise: 'vargrad', noiseSamples: 400, noiseStd: 0.5, noiseUnit: 'absolute' } as const;
    const { data } = await inputXGradient(model, image, options);
    const ratios = column.map((weight, at) => data[at]! / (weight * 0.5) ** 2);
    expect(sum(ratios) / ratios.length).toBeCloseTo(1, 1);
  });
});

describe('rectifiers, by hand', () => {
  /** f = u · relu(x) for x = (2, −3, 5): the gradient by relu's output is u. */
  const rectified = (op: 'Relu' | 'Clip') =>
    load(
      (b) => {
        const bounds = op === 'Clip' ? [b.constant('float32', 0), b.constant('float32', 4)] : [];
        const row = b.op('Flatten', [b.op(op, ['x', ...bounds])]);
        return b.op('MatMul', [row, b.constant('float32', [1, 0, -1, 0, 1, 0], [3, 2])]);
      },
      { shape: ['N', 3, 1, 1] },
    );
  const x = { tensor: { data: Float32Array.of(2, -3, 5), shape: [1, 3, 1, 1] } };

  test.each([
    ['Relu', saliency, [1, 0, 1]],
    ['Relu', guidedBackprop, [1, 0, 1]],
    ['Relu', deconvnet, [1, 0, 1]],
    ['Clip', saliency, [1, 0, 0]],
    ['Clip', guidedBackprop, [1, 0, 0]],
    ['Clip', deconvnet, [1, 0, 1]],
  ] as const)('%s, positive and negative ways (%#)', async (op, method, wanted) => {
    await using model = await rectified(op);
    expect([...(await method(model, x, { target: 0 })).data]).toEqual(wanted);
  });

  test('a mask that a pool shares with its Relu does not cut deconvnet off', async () => {
    await using model = await load(
      (b) => {
        const pool = b.op('MaxPool', [b.op('Relu', ['x'])], { kernel_shape: [1, 2], strides: [1, 2] });
        return b.op('MatMul', [b.op('Flatten', [pool]), b.constant('float32', [1, 2, 3, 4], [2, 2])]);
      },
      { shape: ['N', 1, 1, 4], mean: [0], std: [1] },
    );
    const row = { tensor: { data: Float32Array.of(-1, -2, 3, 1), shape: [1, 1, 1, 4] } };
    expect([...(await deconvnet(model, row, { target: 0 })).data]).toEqual([1, 0, 3, 0]);
    expect([...(await guidedBackprop(model, row, { target: 0 })).data]).toEqual([0, 0, 3, 0]);
  });
});

describe('all of them', () => {
  const OF_GRADIENTS = METHODS.filter(({ family }) => family === 'gradient').map(
    ({ name, explain }) => [name, explain] as const,
  );
  const network = (b: Builder) => {
    const features = b.op('Relu', [b.op('Conv', ['x', weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
    const pooled = b.op('MaxPool', [features], { kernel_shape: [3, 3], strides: [2, 2] });
    return dense(b, b.op('Relu', [b.op('Conv', [pooled, weights(b, [5, 6, 1, 1], 5)])]), 20);
  };

  test.each(OF_GRADIENTS)('%s gives the same bytes for any workers and batch, noise or not', async (_, method) => {
    for (const options of [{}, { noise: 'vargrad', noiseSamples: 9, seed: 4 } as const]) {
      const runs = [];
      for (const [workers, batch] of [
        [1, 4],
        [2, 3],
      ] as const) {
        await using model = await load(network, { workers, batch });
        const found = await method(model, image, { targets: [2, 0], ...options });
        runs.push(found.map(({ data }) => [...data]));
        expect(found[0]!.shape).toEqual([3, 6, 6]);
        expect(found[0]!.data.some((value) => value !== 0)).toBe(true);
      }
      expect(runs[1]).toEqual(runs[0]);
    }
  });

  test.each(OF_GRADIENTS)('%s takes channels last and a batch of one', async (_, method) => {
    const tensor = image.tensor;
    const last = Float32Array.from({ length: 108 }, (_, at) => tensor.data[(at % 3) * 36 + Math.floor(at / 3)]!);
    await using planar = await load(network);
    await using interleaved = await load(
      (b) => {
        const graph = b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
        const features = b.op('Relu', [b.op('Conv', [graph, weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
        const pooled = b.op('MaxPool', [features], { kernel_shape: [3, 3], strides: [2, 2] });
        return dense(b, b.op('Relu', [b.op('Conv', [pooled, weights(b, [5, 6, 1, 1], 5)])]), 20);
      },
      { shape: [1, 6, 6, 3] },
    );
    const wanted = await method(planar, image, { target: 2 });
    const found = await method(interleaved, { tensor: { data: last, shape: [1, 6, 6, 3] } }, { target: 2 });
    expect(relativeError(found.data, wanted.data)).toBeLessThan(1e-5);
  });

  test.each([
    ['noise', { noise: 'gauss' as 'vargrad' }],
    ['noiseSamples', { noise: 'vargrad', noiseSamples: 0 }],
    ['noiseStd', { noise: 'vargrad', noiseStd: -1 }],
    ['noiseUnit', { noise: 'vargrad', noiseUnit: 'pixels' as 'range' }],
  ] as const)('wrong %s is refused', async (name, options) => {
    await using model = await load(network);
    await expect(saliency(model, image, { target: 1, ...options })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining(name),
    });
  });
});
