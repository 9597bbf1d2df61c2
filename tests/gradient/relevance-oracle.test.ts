/** LRP, DeepLIFT and the noise tunnels against PyTorch: tests/golden/relevance/make.py and transformer.py. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { applyRecipe } from '../../dist/src/core/recipe.js';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { lrp } from '../../dist/src/gradient/lrp.js';
import { loadModel, type Model } from '../../dist/src/model.js';
import { relativeError } from '../distance.ts';
import { readNpy } from '../npy.ts';

const folder = new URL('../golden/relevance/', import.meta.url);
const golden = (name: string) => readNpy(new URL(`${name}.npy`, folder)).data;
const picture = { data: Float32Array.from(golden('picture')), shape: [1, 3, 16, 16] };
const target = 2;
let model: Model;
beforeAll(async () => {
  const options = { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  model = await loadModel(fileURLToPath(new URL('model.onnx', folder)), options);
});
afterAll(() => model.close());

test('the model still has its batch normalisations', () => {
  expect(model.graph.nodes.filter(({ op }) => op === 'BatchNormalization')).toHaveLength(2);
});

test.each([
  'epsilon',
  'gamma',
  'alpha1-beta0',
  'epsilon-plus',
  'epsilon-plus-flat',
  'captum-epsilon',
  'captum-gamma',
  'captum-alpha1-beta0',
] as const)('LRP %s', async (rule) => {
  const { data, convergenceDelta, score } = await lrp(model, { tensor: picture }, { target, rule });
  const wanted = golden(`lrp-${rule}`);
  expect(relativeError(data, wanted)).toBeLessThan(1e-4);
  expect(convergenceDelta).toBeCloseTo(wanted.reduce((sum, value) => sum + value, 0) - score, 4);
});

test.each(['epsilon', 'gamma', 'alpha1-beta0', 'epsilon-plus', 'epsilon-plus-flat'] as const)(
  'LRP %s whose biases keep nothing',
  async (rule) => {
    const { data } = await lrp(model, { tensor: picture }, { target, rule, bias: false });
    expect(relativeError(data, golden(`lrp-${rule}-no-bias`))).toBeLessThan(1e-4);
  },
);

describe.each(['transformer', 'transformer-apart'])('LRP of %s', (name) => {
  const tokens = { data: Float32Array.from(golden('transformer-picture')), shape: [1, 3, 16, 16] };
  let transformer: Model;
  beforeAll(async () => {
    const options = { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] };
    transformer = await loadModel(fileURLToPath(new URL(`${name}.onnx`, folder)), options);
  });
  afterAll(() => transformer.close());

  test('has its layer normalisations in the form that its name says', () => {
    const count = transformer.graph.nodes.filter(({ op }) => op === 'LayerNormalization').length;
    expect(count).toBe(name === 'transformer' ? 5 : 0);
  });

  for (const rule of ['epsilon', 'epsilon-plus'] as const) {
    test.each(['constant', 'attn-lrp'] as const)(`${rule}, attention %s`, async (attention) => {
      const options = { target: 1, rule, attention };
      const { data } = await lrp(transformer, { tensor: tokens }, options);
      expect(relativeError(data, golden(`transformer-lrp-${rule}-${attention}`))).toBeLessThan(1e-4);
      // Without biases values near 0 are divided by: of the largest, some thousand times the sum, float32 keeps fewer digits.
      const unbiased = await lrp(transformer, { tensor: tokens }, { ...options, bias: false });
      expect(relativeError(unbiased.data, golden(`transformer-lrp-${rule}-${attention}-no-bias`))).toBeLessThan(1e-3);
    });
  }
});

test('DeepLIFT', async () => {
  const { data } = await deepLift(model, { tensor: picture }, { target, baseline: 0.25 });
  expect(relativeError(data, golden('deep-lift'))).toBeLessThan(1e-4);
});

describe('noise', () => {
  const options = { target, noiseSamples: 6, noiseStd: 0.4, noiseUnit: 'absolute', seed: 5 } as const;

  test('is what PyTorch was fed with', () => {
    const nothing = { data: new Float32Array(768), shape: [3, 16, 16] };
    const drawn = Array.from({ length: 6 }, (_, index) => {
      const out = new Float32Array(768);
      applyRecipe({ picture: nothing, baseline: nothing }, { kind: 'noise', seed: 5, index, std: 0.4 }, out);
      return [...out];
    }).flat();
    expect(relativeError(drawn, golden('noise'))).toBeLessThan(1e-6);
  });

  test.each([
    ['saliency', {}],
    ['integrated-gradients', { steps: 4, quadrature: 'right' }],
    ['guided-grad-cam', { layer: '/Relu_2_output_0' }],
    ['lrp', {}],
  ] as const)('%s under SmoothGrad, SmoothGrad² and VarGrad', async (name, own) => {
    const { explain } = METHODS.find((method) => method.name === name)!;
    for (const noise of ['smoothgrad', 'smoothgrad-sq', 'vargrad'] as const) {
      const { data } = await explain(model, { tensor: picture }, { ...options, ...own, noise });
      expect(relativeError(data, golden(`${name}-${noise}`))).toBeLessThan(1e-3);
    }
  });
});
