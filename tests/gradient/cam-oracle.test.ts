/** Every class activation map against PyTorch and NumPy: tests/golden/cams/make.py made the values, with the library's own noise. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import { addNoise } from '../../dist/src/core/soft-mask.js';
import {
  ablationCam,
  eigenCam,
  gradCam,
  gradCamPlusPlus,
  hiResCam,
  isCam,
  layerCam,
  loadModel,
  type Model,
  type Picture,
  scoreCam,
  smoothGradCamPlusPlus,
  ssCam,
  xGradCam,
} from '../../dist/src/index.js';
import { relativeError } from '../distance.ts';
import { readNpy } from '../npy.ts';

interface Golden {
  readonly layer: string;
  readonly target: number;
  readonly maps: { readonly [name: string]: readonly number[] };
}

const folder = new URL('../golden/cams/', import.meta.url);
const golden: readonly Golden[] = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8'));
/** The node of each layer. */
const NODES: { readonly [layer: string]: string } = { early: '/Relu', inside: '/Relu_2', last: '/Relu_3' };

type Settings = { readonly target: number; readonly layer: string };
const smooth = { noiseSamples: 3, seed: 5 } as const;
const METHODS: { readonly [name: string]: (model: Model, image: Picture, settings: Settings) => Promise<unknown> } = {
  'grad-cam': (model, image, settings) => gradCam(model, image, settings),
  'layer-cam': (model, image, settings) => layerCam(model, image, settings),
  'xgrad-cam': (model, image, settings) => xGradCam(model, image, settings),
  'hires-cam': (model, image, settings) => hiResCam(model, image, settings),
  'hires-cam element-wise': (model, image, settings) =>
    hiResCam(model, image, { ...settings, variant: 'element-wise' }),
  'grad-cam++': (model, image, settings) => gradCamPlusPlus(model, image, settings),
  'grad-cam++ torch-cam': (model, image, settings) =>
    gradCamPlusPlus(model, image, { ...settings, variant: 'torch-cam' }),
  'smooth-grad-cam++': (model, image, settings) => smoothGradCamPlusPlus(model, image, { ...settings, ...smooth }),
  'smooth-grad-cam++ filters': (model, image, settings) =>
    smoothGradCamPlusPlus(model, image, { ...settings, ...smooth, filters: [4, 1] }),
  'smooth-grad-cam++ as-printed': (model, image, settings) =>
    smoothGradCamPlusPlus(model, image, { ...settings, ...smooth, variant: 'as-printed' }),
  'smooth-grad-cam++ torch-cam': (model, image, settings) =>
    smoothGradCamPlusPlus(model, image, { ...settings, ...smooth, variant: 'torch-cam' }),
  'score-cam': (model, image, settings) => scoreCam(model, image, settings),
  'score-cam torch-cam': (model, image, settings) => scoreCam(model, image, { ...settings, variant: 'torch-cam' }),
  'score-cam pytorch-grad-cam': (model, image, settings) =>
    scoreCam(model, image, { ...settings, variant: 'pytorch-grad-cam' }),
  'ss-cam': (model, image, settings) => ssCam(model, image, { ...settings, noiseSamples: 2, noiseStd: 0.5, seed: 5 }),
  'is-cam': (model, image, settings) => isCam(model, image, { ...settings, steps: 4 }),
  'is-cam torch-cam': (model, image, settings) => isCam(model, image, { ...settings, steps: 4, variant: 'torch-cam' }),
  'ablation-cam signed': (model, image, settings) => ablationCam(model, image, { ...settings, relu: false }),
  'eigen-cam': (model, image, settings) => eigenCam(model, image, settings),
  'eigen-cam pytorch-grad-cam': (model, image, settings) =>
    eigenCam(model, image, { ...settings, variant: 'pytorch-grad-cam' }),
};

const cases = golden.flatMap(({ layer, target, maps }) =>
  Object.entries(maps).map(([name, map]) => ({ name, layer, target, map })),
);

describe('a residual network', () => {
  let model: Model;
  const { data, shape } = readNpy(new URL('picture.npy', folder));
  const image = { tensor: { data: Float32Array.from(data), shape } };
  beforeAll(async () => {
    const options = { workers: 2, mean: [0, 0, 0], std: [1, 1, 1] };
    model = await loadModel(fileURLToPath(new URL('model.onnx', folder)), options);
  });
  afterAll(() => model.close());

  test.for(cases)('$name of the layer $layer, class $target', async ({ name, layer, target, map }, { annotate }) => {
    const found = (await METHODS[name]!(model, image, { target, layer: NODES[layer]! })) as { data: Float32Array };
    expect(map.some((value) => value !== 0)).toBe(true);
    const error = relativeError(found.data, map);
    await annotate(`relative error ${error.toExponential(1)}`);
    expect(error).toBeLessThan(1e-4);
  });

  test('without noise Smooth Grad-CAM++ is Grad-CAM++', async () => {
    const plain = await gradCamPlusPlus(model, image, { target: 1 });
    const still = await smoothGradCamPlusPlus(model, image, { target: 1, noiseStd: 0, noiseSamples: 3 });
    expect(relativeError(still.data, plain.data)).toBeLessThan(1e-6);
  });

  test('absolute noise is not stretched by the range of the picture', async () => {
    const range = Math.max(...data) - Math.min(...data);
    const options = { target: 1, noiseSamples: 2, seed: 3 };
    const relative = await smoothGradCamPlusPlus(model, image, { ...options, noiseStd: 0.1 });
    const absolute = { noiseStd: 0.1 * range, noiseUnit: 'absolute' } as const;
    const same = await smoothGradCamPlusPlus(model, image, { ...options, ...absolute });
    expect(relativeError(same.data, relative.data)).toBeLessThan(1e-5);
  });
});

test.each([
  ['picture-noise', 3],
  ['mask-noise', 16],
])('%s is what the library draws today', (name, count) => {
  const { data } = readNpy(new URL(`${name}.npy`, folder));
  const length = data.length / count;
  for (let index = 0; index < count; index++) {
    const drawn = new Float32Array(length);
    addNoise(drawn, 1, random(5, index));
    expect(Array.from(drawn)).toEqual(data.slice(index * length, (index + 1) * length));
  }
  expect(data.reduce((sum, value) => sum + value ** 2, 0) / data.length).toBeCloseTo(1, 1);
});
