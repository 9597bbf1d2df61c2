/** Class activation maps on models small enough to know the answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SingularValueDecomposition } from 'ml-matrix';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import type { CamOptions } from '../../dist/src/gradient/cam/class-activation.js';
import { principalDirection } from '../../dist/src/gradient/cam/principal-direction.js';
import type { Differentiable } from '../../dist/src/gradient/differentiable.js';
import {
  type Attribution,
  ablationCam,
  cam,
  type Explainer,
  eigenCam,
  gradCam,
  hiResCam,
  type LoadOptions,
  layerCam,
  loadModel,
  type Model,
  scoreCam,
  smoothGradCamPlusPlus,
  xGradCam,
} from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { relativeError } from '../distance.ts';
import { noise, toyGraph } from '../toy-model.ts';

type Cam = Explainer<Differentiable, CamOptions, Attribution>;

const folder = mkdtempSync(join(tmpdir(), 'cams-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function load(build: (b: Builder) => string, options: LoadOptions = {}, shape: (number | string)[] = ['N', 3, 8, 10]) {
  const path = join(folder, `${count++}.onnx`);
  writeFileSync(path, writeModel(toyGraph({ inputs: { x: shape }, outputs: ['scores'], build })));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
}

const weights = (b: Builder, shape: number[], seed: number) =>
  b.constant('float32', [...noise(shape, seed).data], shape);
const features = (b: Builder, x = 'x') =>
  b.op('Relu', [b.op('Conv', [x, weights(b, [6, 3, 3, 3], 3)], { strides: [2, 2], pads: [1, 1, 1, 1] })]);
const image = { tensor: noise([1, 3, 8, 10], 2) };
const [HEIGHT, WIDTH] = [4, 5];
const CELLS = HEIGHT * WIDTH;

/** Convolution, ReLU, the mean of each map, one linear layer. */
const pooled = (b: Builder) => {
  const means = b.op('Flatten', [b.op('GlobalAveragePool', [features(b)])]);
  return b.op('Gemm', [means, weights(b, [3, 6], 4), b.constant('float32', [0.5, -1, 2])], { transB: 1 });
};
/** As that, but for a tanh between two linear layers on all cells. */
const deep = (b: Builder) => {
  const hidden = b.op('Tanh', [b.op('MatMul', [b.op('Flatten', [features(b)]), weights(b, [6 * CELLS, 7], 5)])]);
  return b.op('MatMul', [hidden, weights(b, [7, 3], 6)]);
};

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

describe('Eigen-CAM', () => {
  test('projects on the first singular vector, as ml-matrix finds it', () => {
    const matrix = Array.from({ length: 12 }, (_, row) => [...noise([7], row + 1).data]);
    const found = principalDirection(Float64Array.from(matrix.flat()), 7);
    const exact = new SingularValueDecomposition(matrix).rightSingularVectors.getColumn(0);
    const sign = Math.sign(found[0]! * exact[0]!);
    expect(
      relativeError(
        found,
        exact.map((value) => sign * value),
      ),
    ).toBeLessThan(1e-9);
    expect(principalDirection(new Float64Array(21), 7)).toEqual(new Float64Array(7));
  });

  test('is the same for all classes', async () => {
    await using model = await load(deep);
    const [first, second] = await eigenCam(model, image, { targets: [0, 2] });
    expect(second!.data).toEqual(first!.data);
    expect(Math.max(...first!.data)).toBeGreaterThan(0);
  });
});

describe('parts of a layer', () => {
  let model: Model;
  beforeAll(async () => {
    model = await load(deep);
  });
  afterAll(() => model.close());
  const explainers: { readonly [name: string]: Cam } = {
    gradCam,
    layerCam,
    hiResCam,
    scoreCam,
    ablationCam,
    eigenCam,
    smoothGradCamPlusPlus,
  };

  test.each(Object.entries(explainers))('%s: filters are maps that add up to the whole', async (_, explain) => {
    const settings = { target: 1, relu: false };
    const whole = await explain(model, image, settings);
    const each = await explain(model, image, { ...settings, filters: '0,1,2,3,4,5' });
    expect(each.shape).toEqual([6, HEIGHT, WIDTH]);
    const sum = whole.data.map((_, cell) =>
      [0, 1, 2, 3, 4, 5].reduce((total, channel) => total + each.data[channel * CELLS + cell]!, 0),
    );
    expect(relativeError(sum, whole.data)).toBeLessThan(1e-5);
    const two = await explain(model, image, { ...settings, filters: [4, 1] });
    expect([...two.data.subarray(0, CELLS)]).toEqual([...each.data.subarray(4 * CELLS, 5 * CELLS)]);
    expect([...two.data.subarray(CELLS)]).toEqual([...each.data.subarray(CELLS, 2 * CELLS)]);
    const added = await explain(model, image, { ...settings, filters: [4, 1], filterMaps: 'sum' });
    expect(added.shape).toEqual([HEIGHT, WIDTH]);
    added.data.forEach((value, cell) => {
      expect(value).toBeCloseTo(two.data[cell]! + two.data[CELLS + cell]!, 5);
    });
  });

  test('a region and neurons keep their cells of the map, and nothing else', async () => {
    const whole = await gradCam(model, image, { target: 1, relu: false });
    const at = (y: number, x: number) => whole.data[y * WIDTH + x]!;
    const region = await gradCam(model, image, { target: 1, relu: false, region: '1,2,2,3' });
    const neurons = await gradCam(model, image, {
      target: 1,
      relu: false,
      neurons: [
        [0, 4],
        [3, 1],
      ],
    });
    expect(neurons.data).toEqual((await gradCam(model, image, { target: 1, relu: false, neurons: '0x4,3x1' })).data);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        expect(region.data[y * WIDTH + x]).toBe(y >= 1 && y < 3 && x >= 2 ? at(y, x) : 0);
        expect(neurons.data[y * WIDTH + x]).toBe((y === 0 && x === 4) || (y === 3 && x === 1) ? at(y, x) : 0);
      }
    }
    expect(region.options).toMatchObject({ region: '1,2,2,3' });
  });

  test.each([
    ['filters', { filters: [6] }],
    ['filters', { filters: '1,,2' }],
    ['filters', { filters: [] }],
    ['region y', { region: { y: 4, x: 0, height: 1, width: 1 } }],
    ['region width', { region: '0,3,1,3' }],
    ['region', { region: '0,0,1,1,1' }],
    ['neurons', { neurons: '3' }],
    ['neurons x', { neurons: '0x5' }],
    ['region and neurons', { region: '0,0,1,1', neurons: '0x0' }],
    ['filterMaps', { filters: [1], filterMaps: 'all' as 'sum' }],
    ['variant', { variant: 'torch-cam' as const }],
    ['fuse', { fuse: 'sum' as 'max' }],
  ])('wrong %s', async (name, options) => {
    await expect(hiResCam(model, image, { target: 0, ...options })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining(`${name}: expected`),
    });
  });
});

describe('several layers', () => {
  const twoStages = (b: Builder) => {
    const coarse = b.op('Relu', [
      b.op('Conv', [features(b), weights(b, [5, 6, 3, 3], 7)], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    ]);
    return b.op('MatMul', [b.op('Flatten', [coarse]), weights(b, [5 * 6, 3], 11)]);
  };

  test('are each scaled to their strongest cell, and fused where their cells lie', async () => {
    await using model = await load(twoStages);
    const names = ['t1_Relu', 't3_Relu'];
    const [fine, coarse] = [
      await gradCam(model, image, { target: 1, layer: names[0]! }),
      await gradCam(model, image, { target: 1, layer: names[1]! }),
    ];
    expect([fine.shape, coarse.shape]).toEqual([
      [4, 5],
      [2, 3],
    ]);
    const scaled = ({ data }: { data: Float32Array }) => data.map((value) => value / Math.max(...data));
    const [a, b] = [scaled(fine), scaled(coarse)];
    // Cell (i, j) of the first layer lies at 2 i, one of the second at 4 i: every other cell is in common.
    for (const [fuse, how] of [
      ['max', Math.max],
      ['mean', (p: number, q: number) => (p + q) / 2],
    ] as const) {
      const { data, shape, options } = await gradCam(model, image, { target: 1, layer: names, fuse });
      expect(shape).toEqual([4, 5]);
      expect(options).toMatchObject({ layer: names, fuse });
      for (const [y, x] of [
        [0, 0],
        [0, 1],
        [1, 2],
      ] as const) {
        expect(data[2 * y * 5 + 2 * x]).toBeCloseTo(how(a[2 * y * 5 + 2 * x]!, b[y * 3 + x]!), 5);
      }
    }
    const listed = await gradCam(model, image, { target: 1, layer: names.join(',') });
    expect(listed.options).toMatchObject({ layer: names });
    await expect(gradCam(model, image, { target: 1, layer: names, filters: [1] })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining('filters: expected one layer'),
    });
  });

  test('report progress that grows to one total', async () => {
    await using model = await load(twoStages);
    const explainers: readonly Cam[] = [gradCam, scoreCam, ablationCam, smoothGradCamPlusPlus];
    for (const explain of explainers) {
      const seen: { done: number; total: number }[] = [];
      await explain(model, image, { targets: [0, 1], layer: 't1_Relu,t3_Relu', onProgress: (step) => seen.push(step) });
      expect(new Set(seen.map(({ total }) => total)).size).toBe(1);
      expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total);
      seen.forEach(({ done }, at) => {
        expect(done).toBeGreaterThan(seen[at - 1]?.done ?? 0);
      });
    }
  });
});

describe('on one pool as on another', () => {
  const cams = METHODS.filter(({ family, name }) => family === 'cam' && name !== 'cam');
  test.each(cams)('$name gives the same bytes', async ({ explain }) => {
    const runs: string[] = [];
    for (const [workers, batch] of [
      [1, 4],
      [2, 2],
      [2, 8],
    ] as const) {
      await using model = await load(deep, { workers, batch });
      const settings = { targets: [0, 1], seed: 3, noiseSamples: 5, steps: 3, baseline: 'noise' };
      const found = await explain(model, image, settings);
      runs.push(found.map(({ data }) => Buffer.from(data.buffer).toString('hex')).join());
    }
    expect(runs[1]).toBe(runs[0]);
    expect(runs[2]).toBe(runs[0]);
  });

  test.each(cams)('$name is near to that on a model of a fixed batch', async ({ explain }) => {
    await using dynamic = await load(deep);
    await using fixed = await load(deep, {}, [1, 3, 8, 10]);
    const settings = { targets: [1], noiseSamples: 2, steps: 2 };
    const [[a], [b]] = [await explain(dynamic, image, settings), await explain(fixed, image, settings)];
    expect(relativeError(b!.data, a!.data)).toBeLessThan(1e-4);
  });
});

test('Score-CAM masks what the model sees where its channels stand last', async () => {
  const transposed = (b: Builder) => deepOf(b, b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] }));
  const deepOf = (b: Builder, x: string) =>
    b.op('MatMul', [b.op('Flatten', [features(b, x)]), weights(b, [6 * CELLS, 3], 5)]);
  await using first = await load((b) => deepOf(b, 'x'));
  await using last = await load(transposed, {}, ['N', 8, 10, 3]);
  const data = Float32Array.from({ length: 240 }, (_, at) => image.tensor.data[(at % 3) * 80 + Math.floor(at / 3)]!);
  for (const explain of [scoreCam, ablationCam]) {
    const wanted = await explain(first, image, { target: 1, layer: 'Relu', relu: false });
    const found = await explain(
      last,
      { tensor: { data, shape: [1, 8, 10, 3] } },
      { target: 1, layer: 'Relu', relu: false },
    );
    expect(relativeError(found.data, wanted.data)).toBeLessThan(1e-5);
  }
});
