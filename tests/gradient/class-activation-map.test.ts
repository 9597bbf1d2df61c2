/** CAM, and what other class activation maps are where the head is linear. */
import { describe, expect, test } from 'vitest';
import { ablationCam, cam, gradCam, hiResCam, xGradCam } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { relativeError } from '../distance.ts';
import { noise } from '../toy-model.ts';
import { CELLS, deep, features, HEIGHT, image, loader, pooled, WIDTH, weights } from './cam-toys.ts';

const load = loader();

const heads: readonly [string, (b: Builder) => string][] = [
  ['Gemm', pooled],
  [
    'a product and a sum, of means along axes',
    (b) => {
      const means = b.op('ReduceMean', [features(b), b.constant('int64', [2, 3])], { keepdims: 0 });
      return b.op('Add', [b.op('MatMul', [means, weights(b, [6, 3], 4)]), b.constant('float32', [0.5, -1, 2])]);
    },
  ],
  [
    'a convolution of the means',
    (b) => b.op('Flatten', [b.op('Conv', [b.op('GlobalAveragePool', [features(b)]), weights(b, [3, 6, 1, 1], 4)])]),
  ],
  [
    'one logit for two classes',
    (b) => {
      const means = b.op('Flatten', [b.op('GlobalAveragePool', [features(b)])]);
      return b.op('Sigmoid', [b.op('MatMul', [means, weights(b, [6, 1], 4)])]);
    },
  ],
];

describe('CAM', () => {
  test.each(heads)('is Grad-CAM without ReLU, times the cells: %s', async (_, build) => {
    await using model = await load(build);
    const [maps, grads] = [
      await cam(model, image, { targets: [0, 1] }),
      await gradCam(model, image, { targets: [0, 1], relu: false }),
    ];
    for (const [at, { data, shape }] of maps.entries()) {
      expect(shape).toEqual([HEIGHT, WIDTH]);
      expect(data.some((value) => value < 0)).toBe(true);
      expect(
        relativeError(
          data,
          grads[at]!.data.map((value) => CELLS * value),
        ),
      ).toBeLessThan(1e-5);
    }
  });

  test('has the logit as its mean, but for the bias', async () => {
    await using model = await load(pooled);
    const { data, score } = await cam(model, image, { target: 2 });
    expect(data.reduce((sum, value) => sum + value, 0) / CELLS + 2).toBeCloseTo(score, 4);
  });

  test.each([
    ['two linear layers with tanh between', deep],
    [
      'a ReLU behind the means',
      (b: Builder) => b.op('Flatten', [b.op('Relu', [b.op('GlobalAveragePool', [features(b)])])]),
    ],
    ['means alone', (b: Builder) => b.op('Flatten', [b.op('GlobalAveragePool', [features(b)])])],
    [
      'maxima instead of means',
      (b: Builder) => b.op('MatMul', [b.op('Flatten', [b.op('GlobalMaxPool', [features(b)])]), weights(b, [6, 3], 4)]),
    ],
  ])('refuses other heads in one sentence: %s', async (_, build) => {
    await using model = await load(build);
    await expect(cam(model, image, { target: 0 })).rejects.toMatchObject({
      code: 'ERR_LAYER',
      message: expect.stringMatching(
        /^CAM: expected a network that ends in the mean of its feature maps and one linear layer/,
      ),
    });
  });
});

describe('where the head is linear', () => {
  test('XGrad-CAM and HiResCAM are Grad-CAM, and Ablation-CAM has the share of the score that a channel adds', async () => {
    await using model = await load(pooled);
    const settings = { target: 2, relu: false };
    const grad = await gradCam(model, image, settings);
    expect(relativeError((await xGradCam(model, image, settings)).data, grad.data)).toBeLessThan(1e-5);
    expect(relativeError((await hiResCam(model, image, settings)).data, grad.data)).toBeLessThan(1e-5);
    const channels = await cam(model, image, { target: 2, filters: [0, 1, 2, 3, 4, 5] });
    const ablated = await ablationCam(model, image, { ...settings, filters: [0, 1, 2, 3, 4, 5] });
    const { data } = await gradCam(model, image, { ...settings, filters: [0, 1, 2, 3, 4, 5] });
    for (let channel = 0; channel < 6; channel++) {
      const part = (map: Float32Array) => map.subarray(channel * CELLS, (channel + 1) * CELLS);
      const added = part(channels.data).reduce((sum, value) => sum + value, 0) / CELLS;
      // data = wₖ Aₖ / cells, with wₖ from the seeded weights.
      const weight = noise([3, 6], 4).data[2 * 6 + channel]!;
      const wanted = part(data).map((value) => ((value * CELLS) / weight) * (added / grad.score));
      expect(relativeError(part(ablated.data), wanted)).toBeLessThan(1e-4);
    }
  });

  test('an Ablation-CAM of a score below 0 says that its signs are turned', async () => {
    await using model = await load(pooled);
    const all = await ablationCam(model, image, { targets: [0, 1, 2] });
    for (const { score, warnings = [] } of all) expect(warnings.length).toBe(score < 0 ? 1 : 0);
    expect(all.some(({ score }) => score < 0)).toBe(true);
  });
});

test('a score of 0 is not divided by', async () => {
  const cancelling = (b: Builder) => {
    const means = b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', [b.op('Abs', ['x'])])])]);
    return b.op('MatMul', [means, b.constant('float32', [1, 0, -1, 1, 0, 1], [3, 2])]);
  };
  await using model = await load(cancelling);
  const { data, score, warnings } = await ablationCam(
    model,
    { tensor: { data: new Float32Array(240).fill(0.5), shape: [1, 3, 8, 10] } },
    { target: 0, filters: [0, 1, 2], relu: false },
  );
  expect([score, warnings?.length]).toEqual([0, 1]);
  expect([data[0], data[80], data[160]]).toEqual([0.25, -0.25, 0]);
});
