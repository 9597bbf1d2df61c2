/** The default model, quantised by one photo: explained nearly as it was before, with the scores that its file gives. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  deepLift,
  gradCam,
  integratedGradients,
  loadImage,
  loadModel,
  lrp,
  type Model,
  saliency,
} from '../../dist/src/index.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { cosine } from '../distance.ts';
import { quantise } from '../quantise.ts';
import { type Numbers, runModel } from '../toy-model.ts';

const original = fileURLToPath(new URL('../../models/cat-dog', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'quantised-'));
const path = join(folder, 'model.onnx');

let photo: Awaited<ReturnType<typeof loadImage>>;
let picture: Numbers;
let float: Model;
let whole: Model;
beforeAll(async () => {
  photo = await loadImage(fileURLToPath(new URL('../../examples/chelsea.png', import.meta.url)));
  float = await loadModel(original, { workers: 1 });
  const { data } = (await float.prepare(photo)).picture;
  picture = { data: Float32Array.from(data), shape: [1, 3, ...float.inputSize] };
  cpSync(original, folder, { recursive: true });
  rmSync(path);
  writeFileSync(path, writeModel(await quantise(upgrade(await readGraph(join(original, 'model.onnx'))), picture)));
  whole = await loadModel(folder, { workers: 1 });
});
afterAll(async () => {
  await Promise.all([float.close(), whole.close()]);
  rmSync(folder, { recursive: true });
});

test('scores stay those of the file; those differentiated are not yet rounded', async () => {
  const file = Object.values(await runModel(path, { picture }))[0]!.data;
  expect(await whole.logits((await whole.prepare(photo)).picture)).toEqual(Float64Array.from(file));
  const differentiated = Object.values(await runModel(whole.graph, { picture }))[0]!.data;
  for (const [at, score] of differentiated.entries()) expect(score).toBeCloseTo(file[at]!, 1);
});

test('the default layer is the same one', async () => {
  const [own, wanted] = [await gradCam(whole, photo, { target: 0 }), await gradCam(float, photo, { target: 0 })];
  expect(own.options).toMatchObject({ layer: expect.stringMatching(/^q\/\d+_QLinearAdd\/float$/) });
  expect(own.shape).toEqual(wanted.shape);
  expect(cosine(own.data, wanted.data)).toBeGreaterThan(0.999);
});

test('gradients go the way they went', async () => {
  const [steep, path] = [
    await saliency(whole, photo, { target: 0 }),
    await integratedGradients(whole, photo, { target: 0 }),
  ];
  expect(cosine(steep.data, (await saliency(float, photo, { target: 0 })).data)).toBeGreaterThan(0.95);
  expect(cosine(path.data, (await integratedGradients(float, photo, { target: 0 })).data)).toBeGreaterThan(0.95);
});

test('relevance and contributions go the way they went', async () => {
  for (const rule of ['epsilon', 'epsilon-plus'] as const) {
    const [own, wanted] = [await lrp(whole, photo, { target: 0, rule }), await lrp(float, photo, { target: 0, rule })];
    expect(cosine(own.data, wanted.data)).toBeGreaterThan(0.9);
  }
  const [own, wanted] = [await deepLift(whole, photo, { target: 0 }), await deepLift(float, photo, { target: 0 })];
  expect(cosine(own.data, wanted.data)).toBeGreaterThan(0.9);
  expect(Math.abs(own.convergenceDelta!)).toBeLessThan(0.05 * Math.abs(wanted.score));
});
