/** What must hold of the backpropagation family on models small enough to know the answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { deconvnet } from '../../dist/src/gradient/deconvnet.js';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { guidedBackprop } from '../../dist/src/gradient/guided-backprop.js';
import { inputXGradient } from '../../dist/src/gradient/input-x-gradient.js';
import { lrp } from '../../dist/src/gradient/lrp.js';
import { saliency } from '../../dist/src/gradient/saliency.js';
import { type LoadOptions, loadModel } from '../../dist/src/model.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { relativeError } from '../distance.ts';
import { noise, toyGraph } from '../toy-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'relevance-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function load(build: (b: Builder) => string, more: LoadOptions & { readonly shape?: (number | string)[] } = {}) {
  const path = join(folder, `${count++}.onnx`);
  const { shape = ['N', 3, 6, 6], ...options } = more;
  writeFileSync(path, writeModel(toyGraph({ inputs: { x: shape }, outputs: ['scores'], build })));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
}

const weights = (b: Builder, shape: readonly number[], seed: number) =>
  b.constant('float32', [...noise(shape, seed).data], shape);
const dense = (b: Builder, value: string, inputs: number, seed = 9) =>
  b.op('MatMul', [b.op('Flatten', [value]), weights(b, [inputs, 4], seed)]);
const image = { tensor: noise([1, 3, 6, 6], 2) };
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

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

/** Networks with a part that DeepLIFT has a rule for, and how many values it gives; the sum must be right whatever lies between. */
const PARTS: { readonly [name: string]: readonly [size: number, build: (b: Builder) => string] } = {
  'activations after a convolution': [
    144,
    (b) => {
      const convolved = b.op('Conv', ['x', weights(b, [4, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] });
      const made = ['Relu', 'Sigmoid', 'Tanh', 'Elu', 'Softplus', 'HardSwish', 'Gelu', 'Mish', 'Selu', 'LeakyRelu'];
      return b.op(
        'Sum',
        made.map((op) => b.op(op, [convolved])),
      );
    },
  ],
  'overlapping maxima': [48, (b) => b.op('MaxPool', ['x'], { kernel_shape: [3, 3], strides: [1, 1] })],
  'the maximum of a plane': [3, (b) => b.op('GlobalMaxPool', [b.op('Exp', ['x'])])],
  'means of rectified values': [
    27,
    (b) => b.op('AveragePool', [b.op('Relu', ['x'])], { kernel_shape: [2, 2], strides: [2, 2] }),
  ],
  'a gate (squeeze and excitation)': [
    108,
    (b) => b.op('Mul', ['x', b.op('Sigmoid', [b.op('GlobalAveragePool', ['x'])])]),
  ],
  'a square': [108, (b) => b.op('Mul', ['x', 'x'])],
  'a power, shifted': [
    108,
    (b) => b.op('Pow', [b.op('Sub', ['x', weights(b, [3, 1, 1], 5)]), b.constant('float32', 2)]),
  ],
  'a quotient': [108, (b) => b.op('Div', ['x', b.op('Add', [b.op('Exp', ['x']), b.constant('float32', 1)])])],
  'a softmax': [108, (b) => b.op('Softmax', [b.op('Mul', ['x', b.constant('float32', 3)])])],
  attention: [
    108,
    (b) => {
      const scores = b.op('MatMul', ['x', b.op('Transpose', ['x'], { perm: [0, 1, 3, 2] })]);
      return b.op('MatMul', [b.op('Softmax', [scores]), 'x']);
    },
  ],
  'a layer normalisation': [108, (b) => b.op('LayerNormalization', ['x', weights(b, [6], 3), weights(b, [6], 4)])],
};

describe('DeepLIFT adds up to f(x) − f(x′)', () => {
  test.each(Object.entries(PARTS))('through %s', async (_, [size, build]) => {
    await using model = await load((b) => dense(b, build(b), size));
    for (const baseline of [0.1, -0.7]) {
      const found = await deepLift(model, image, { target: 1, baseline });
      const total = sum(found.data.map(Math.abs));
      expect(total).toBeGreaterThan(0.01);
      expect(Math.abs(found.convergenceDelta!)).toBeLessThan(2e-5 * total);
    }
  });

  test('through a softmax, from a reference that is far away', async () => {
    await using model = await load((b) => dense(b, b.op('Softmax', ['x']), 108));
    const { data, convergenceDelta } = await deepLift(model, image, { target: 1, baseline: 'noise' });
    expect(Math.abs(convergenceDelta!)).toBeLessThan(2e-5 * sum(data.map(Math.abs)));
  });

  test('of a probability too', async () => {
    await using model = await load((b) => dense(b, b.op('Relu', ['x']), 108));
    const { convergenceDelta, scoreKind } = await deepLift(model, image, { target: 1, score: 'probability' });
    expect(scoreKind).toBe('probability');
    expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-5);
  });
});

describe('LRP', () => {
  /** Without biases, of values that are all positive, nothing is kept on the way. */
  const unbiased = () =>
    load((b) => {
      const first = b.op('Relu', [b.op('Conv', ['x', weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
      const pooled = b.op('MaxPool', [first], { kernel_shape: [2, 2], strides: [1, 1] });
      const second = b.op('Relu', [b.op('Conv', [pooled, weights(b, [6, 6, 3, 3], 4)], { pads: [1, 1, 1, 1] })]);
      const mean = b.op('AveragePool', [b.op('Add', [second, pooled])], { kernel_shape: [5, 5] });
      return dense(b, b.op('Concat', [mean, mean], { axis: 1 }), 12);
    });

  test.each(['epsilon', 'gamma', 'alpha1-beta0', 'epsilon-plus', 'epsilon-plus-flat'] as const)(
    '%s conserves the score where there are no biases',
    async (rule) => {
      await using model = await unbiased();
      const { data, score, convergenceDelta } = await lrp(model, image, { target: 1, rule });
      expect(Math.abs(sum(data) - score)).toBeLessThan(1e-3 * sum(data.map(Math.abs)));
      expect(convergenceDelta).toBeCloseTo(sum(data) - score, 5);
      expect(Math.abs(score)).toBeGreaterThan(0.1);
    },
  );

  test('a gate takes nothing, nor does a scaling before the first weights', async () => {
    await using model = await load((b) => {
      const scaled = b.op('Div', [b.op('Sub', ['x', b.constant('float32', 0.1)]), b.constant('float32', 2)]);
      const features = b.op('Relu', [b.op('Conv', [scaled, weights(b, [6, 3, 3, 3], 3)], { pads: [1, 1, 1, 1] })]);
      const gate = b.op('Sigmoid', [b.op('GlobalAveragePool', [features])]);
      return dense(b, b.op('Mul', [features, gate]), 216);
    });
    const { data, score } = await lrp(model, image, { target: 1, rule: 'epsilon' });
    expect(sum(data)).toBeCloseTo(score, 3);
  });

  test('operators without a rule are named together, and what LRP cannot share by its node', async () => {
    await using strange = await load((b) => dense(b, b.op('Softmax', [b.op('Sin', ['x'])]), 108));
    await expect(lrp(strange, image, { target: 1 })).rejects.toMatchObject({
      code: 'ERR_OPERATOR',
      message: expect.stringMatching(
        /^LRP: expected operators with a rule, received 1 × Sin .*1 × Softmax .*Other methods still work\.$/,
      ),
    });
    await using product = await load((b) => dense(b, b.op('Mul', ['x', 'x']), 108));
    await expect(lrp(product, image, { target: 1 })).rejects.toMatchObject({ code: 'ERR_OPERATOR' });
    await using plain = await load((b) => dense(b, 'x', 108));
    await expect(lrp(plain, image, { target: 1, score: 'probability' })).rejects.toThrow(/LRP: .*1 × Softmax/);
    await using lifted = await load((b) => dense(b, b.op('ReduceMax', ['x', b.constant('int64', [1])]), 36));
    await expect(deepLift(lifted, image, { target: 1 })).rejects.toThrow(/^DeepLIFT: .*1 × ReduceMax/);
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
