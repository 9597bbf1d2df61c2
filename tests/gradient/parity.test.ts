/** What captum and torch-cam computed for squeezenet1_1, the class tabby, from the same preprocessed tensor. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { softMask } from '../../dist/src/core/soft-mask.js';
import { deconvnet } from '../../dist/src/gradient/deconvnet.js';
import { deepLift } from '../../dist/src/gradient/deep-lift.js';
import { eigenCam } from '../../dist/src/gradient/eigen-cam.js';
import { gradCam } from '../../dist/src/gradient/grad-cam.js';
import { gradCamPlusPlus } from '../../dist/src/gradient/grad-cam-plus-plus.js';
import { guidedBackprop } from '../../dist/src/gradient/guided-backprop.js';
import { guidedGradCam } from '../../dist/src/gradient/guided-grad-cam.js';
import { hiResCam } from '../../dist/src/gradient/hires-cam.js';
import { integratedGradients } from '../../dist/src/gradient/integrated-gradients.js';
import { layerCam } from '../../dist/src/gradient/layer-cam.js';
import { saliency } from '../../dist/src/gradient/saliency.js';
import { scoreCam } from '../../dist/src/gradient/score-cam.js';
import { xGradCam } from '../../dist/src/gradient/xgrad-cam.js';
import { loadModel, type Model } from '../../dist/src/model.js';
import { readNpy } from '../npy.ts';

const shared = new URL('../../../shared/', import.meta.url);
const folder = new URL('reference/squeezenet1_1-cat-dog/', shared);
const target = 281;
const missing = !existsSync(folder);
const reference = (name: string) => readNpy(new URL(`${name}.npy`, folder));

describe.skipIf(missing)(`parity on squeezenet1_1${missing ? ' (skipped: ../shared is missing)' : ''}`, () => {
  let model: Model;
  const image = () => {
    const { data, shape } = reference('input');
    return { tensor: { data: Float32Array.from(data), shape } };
  };
  beforeAll(async () => {
    model = await loadModel(fileURLToPath(new URL('data/models/squeezenet1_1', shared)), { workers: 2 });
  });
  afterAll(() => model.close());

  test("saliency is captum's", async () => {
    const { data, shape } = await saliency(model, image(), { target });
    expect(shape).toEqual([3, 224, 224]);
    expectClose(data, reference('saliency-281').data);
  });

  test.each([
    ['guided-backprop', guidedBackprop],
    ['deconvnet', deconvnet],
    ['guided-grad-cam', guidedGradCam],
  ] as const)("%s is captum's", async (name, method) => {
    const { data, warnings } = await method(model, image(), { target });
    expectClose(data, reference(`${name}-281`).data);
    expect(warnings).toBeUndefined();
  });

  test("DeepLIFT with captum's pooling is captum's, and adds up without it", async () => {
    const { data } = await deepLift(model, image(), { target, pooling: 'captum' });
    expectClose(data, reference('deep-lift-281').data);
    const { convergenceDelta, score } = await deepLift(model, image(), { target });
    expect(Math.abs(convergenceDelta!)).toBeLessThan(1e-5 * score);
  });

  test("Integrated Gradients with 50 Gauss–Legendre steps are captum's, and miss completeness by as much", async () => {
    const { data, convergenceDelta, score } = await integratedGradients(model, image(), { target });
    const captum = reference('integrated-gradients-281').data;
    expectClose(data, captum);
    const black = (await model.logits({ data: new Float32Array(3 * 224 * 224), shape: [3, 224, 224] }))[target]!;
    const delta = captum.reduce((sum, value) => sum + value, 0) - (score - black);
    expect(Math.abs(convergenceDelta! - delta)).toBeLessThan(1e-3 * score);
  });

  test("Integrated Gradients with 20 right-hand steps are captum's", async () => {
    const { data } = await integratedGradients(model, image(), { target, steps: 20, quadrature: 'right' });
    expectClose(data, reference('integrated-gradients-right-281').data);
  });

  test("Grad-CAM is torch-cam's, on the layer that torch-cam picks", async () => {
    const { data, shape, options } = await gradCam(model, image(), { target });
    expect([shape, options.layer]).toEqual([[13, 13], 'fire9_concat']);
    expectSameMap(data, reference('grad-cam-281').data);
  });

  test("Grad-CAM without ReLU is captum's layer Grad-CAM", async () => {
    const { data } = await gradCam(model, image(), { target, relu: false });
    expectClose(data, reference('layer-grad-cam-281').data);
  });

  test("LayerCAM is torch-cam's", async () => {
    const { data } = await layerCam(model, image(), { target });
    expectSameMap(data, reference('layer-cam-281').data);
  });

  test("XGrad-CAM is torch-cam's", async () => {
    const { data } = await xGradCam(model, image(), { target });
    expectSameMap(data, reference('xgrad-cam-281').data, 1e-4);
  });

  test("Score-CAM is torch-cam's, and near to it as the paper has it", async () => {
    const { data, forwardPasses } = await scoreCam(model, image(), { target, variant: 'torch-cam' });
    expectSameMap(data, reference('score-cam-281').data, 1e-4);
    expect(forwardPasses).toBe(512 + 2);
    const paper = await scoreCam(model, image(), { target });
    expectSameMap(paper.data, reference('score-cam-281').data);
  }, 60_000);

  test.each([
    ['grad-cam++', gradCamPlusPlus],
    ['eigen-cam', eigenCam],
  ] as const)("%s in the variant of pytorch-grad-cam is pytorch-grad-cam's", async (name, explain) => {
    const { data } = await explain(model, image(), { target, variant: 'pytorch-grad-cam' });
    expectSameMap(enlarged(data), reference(`${name}-281`).data, 1e-4);
  });

  test("HiResCAM is pytorch-grad-cam's", async () => {
    const { data } = await hiResCam(model, image(), { target });
    expectSameMap(enlarged(data), reference('hires-cam-281').data, 1e-4);
  });
});

/** 13 × 13 cells as pytorch-grad-cam enlarges them: bilinear between evenly spread cells. */
function enlarged(cells: Float32Array): Float32Array {
  const planes = { data: cells, shape: [1, 13, 13] };
  return softMask({ planes, isCornerAligned: false, isStretched: false }, 0, 224, 224);
}

function expectClose(actual: Float32Array, wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  const [dot, own, other] = [product(actual, wanted), product(actual, actual), product(wanted, wanted)];
  expect(Math.sqrt((own - 2 * dot + other) / other)).toBeLessThanOrEqual(1e-2);
  expect(dot / Math.sqrt(own * other)).toBeGreaterThanOrEqual(0.999);
}

function expectSameMap(actual: Float32Array, wanted: readonly number[], most = 1e-2): void {
  expect(actual.length).toBe(wanted.length);
  const [a, b] = [unit(actual), unit(wanted)];
  expect(Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))).toBeLessThanOrEqual(most);
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);

/** From 0 to 1. */
function unit(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return all.map((value) => (value - least) / (most - least));
}
