/** Small instances of the families of torchvision: what PyTorch computes, from the files that it and other tools write. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { gradCam } from '../../dist/src/gradient/grad-cam.js';
import { guidedBackprop } from '../../dist/src/gradient/guided-backprop.js';
import { layerCam } from '../../dist/src/gradient/layer-cam.js';
import { lrp } from '../../dist/src/gradient/lrp.js';
import { saliency } from '../../dist/src/gradient/saliency.js';
import { loadModel, type Model } from '../../dist/src/model.js';
import { cosine, relativeError } from '../distance.ts';
import { readNpy } from '../npy.ts';

interface Golden {
  readonly target: number;
  readonly logits: readonly number[];
  readonly layers: readonly {
    readonly layer: string;
    readonly shape: readonly number[];
    readonly gradCam: readonly number[];
    readonly layerCam: readonly number[];
  }[];
}

const golden = new URL('../golden/families/', import.meta.url);
const families: { readonly [name: string]: Golden } = JSON.parse(readFileSync(new URL('golden.json', golden), 'utf8'));
const SIZE = 64;
/** Of the gradient, the reference keeps one value in so many. */
const SPARSE = 7;

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

const folder = mkdtempSync(join(tmpdir(), 'families-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As make.py makes it of the picture: [1, 3, H, W], a little stretched from value to value. */
async function picture() {
  const pixels = await sharp(readFileSync(new URL('picture.png', golden)))
    .raw()
    .toBuffer();
  const data = Float32Array.from({ length: pixels.length }, (_, at) => {
    const pixel = pixels[(at % SIZE ** 2) * 3 + Math.floor(at / SIZE ** 2)]!;
    return ((pixel - 128) / 64) * (1 + at / 2 ** 20);
  });
  return { tensor: { data, shape: [1, 3, SIZE, SIZE] } };
}

function load(name: string): Promise<Model> {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, gunzipSync(readFileSync(new URL(`${name}.onnx.gz`, golden))));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] });
}

/** The report of the tests says how close they are. */
async function expectSame(
  { annotate }: TestContext,
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
): Promise<void> {
  const error = relativeError(actual, wanted);
  await annotate(`relative error ${error.toExponential(1)}`);
  expect(error).toBeLessThanOrEqual(1e-2);
  expect(cosine(actual, wanted)).toBeGreaterThanOrEqual(0.999);
}

describe.each(Object.entries(families))('%s', (name, { target, logits, layers }) => {
  let model: Model;
  let image: Awaited<ReturnType<typeof picture>>;
  beforeAll(async () => {
    [model, image] = await Promise.all([load(name), picture()]);
  });
  afterAll(() => model?.close());

  test('logits', async (context) => {
    const { picture } = await model.prepare(image);
    await expectSame(context, await model.logits(picture), logits);
  });

  test('gradient of the input', async (context) => {
    const { data } = await saliency(model, image, { target });
    const wanted = readNpy(new URL(`${name}.npy`, golden)).data;
    const kept = data.filter((_, at) => at % SPARSE === 0);
    await expectSame(context, kept, wanted);
  });

  test.for(layers)('maps of $layer', async ({ layer, shape, ...wanted }, context) => {
    for (const [explain, map] of [
      [gradCam, wanted.gradCam],
      [layerCam, wanted.layerCam],
    ] as const) {
      const found = await explain(model, image, { target, layer });
      expect(found.shape).toEqual(shape);
      await expectSame(context, found.data, map);
    }
  });

  test('DeepLIFT adds up to the difference from black', async () => {
    const { data, convergenceDelta } = await deepLift(model, image, { target, baseline: 'black' });
    const size = sum(data.map(Math.abs));
    expect(size).toBeGreaterThan(0.1);
    expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-5 * size);
  });

  test.each([{}, { rule: 'epsilon', attention: 'attn-lrp' }] as const)('LRP by %o', async (options) => {
    const { data, score, convergenceDelta } = await lrp(model, image, { target, ...options });
    expect(data.every(Number.isFinite)).toBe(true);
    expect(sum(data.map(Math.abs))).toBeGreaterThan(1e-3 * Math.abs(score));
    expect(convergenceDelta).toBeCloseTo(sum(data) - score, 3);
  });

  test('guided backprop is the gradient where no rectifier stands in the way, and says so', async () => {
    const [guided, gradient] = [
      await guidedBackprop(model, image, { target }),
      await saliency(model, image, { target }),
    ];
    expect(relativeError(guided.data, gradient.data) === 0).toBe(guided.warnings !== undefined);
  });

  test('Grad-CAM without a layer', async () => {
    const { data, shape } = await gradCam(model, image, { target, relu: false });
    expect(shape.every((length) => length > 1)).toBe(true);
    expect(data.some((value) => value !== 0)).toBe(true);
  });
});
