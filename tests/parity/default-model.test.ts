/** The default model against PyTorch: tests/golden/default-model/make.py made the values. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeNpy } from '../../dist/src/core/npy.js';
import {
  gradCam,
  integratedGradients,
  layerCam,
  loadImage,
  loadModel,
  type Model,
  occlusion,
  saliency,
} from '../../dist/src/index.js';
import { segmentMeans } from '../../dist/src/perturb/segment/segment-means.js';
import { solveLime } from '../../dist/src/perturb/solve-lime.js';
import { cosine, relativeError } from '../distance.ts';

const folder = new URL('../golden/default-model/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8'));
const array = (name: string) => {
  const { data } = decodeNpy(readFileSync(new URL(`${name}.npy`, folder)));
  return Float64Array.from(data, (value) => value * golden.scales[name]);
};
const target = golden.target as number;

let model: Model;
/** The very picture that PyTorch saw, so that no decoder or resizing comes between. */
let picture: Awaited<ReturnType<typeof loadImage>>;
beforeAll(async () => {
  model = await loadModel(undefined, { workers: 2 });
  picture = await loadImage(new URL('picture.png', folder).pathname);
});
afterAll(() => model.close());

test('logits', async () => {
  const { picture: input } = await model.prepare(picture);
  const logits = await model.logits(input);
  golden.logits.forEach((logit: number, index: number) => {
    expect(logits[index]).toBeCloseTo(logit, 4);
  });
});

test('the example photo is a cat, resized here too', async () => {
  const photo = await loadImage(new URL('../../examples/chelsea.png', import.meta.url).pathname);
  const [top] = await model.classify(photo);
  expect(top).toMatchObject({ index: 0, label: 'cat' });
});

describe('maps', () => {
  test('saliency', async () => {
    const { data } = await saliency(model, picture, { target });
    expect(relativeError(data, array('saliency'))).toBeLessThan(1e-2);
    expect(cosine(data, array('saliency'))).toBeGreaterThan(0.999);
  });

  test('integrated gradients', async () => {
    const { data } = await integratedGradients(model, picture, { target, steps: golden.steps });
    expect(relativeError(data, array('integrated-gradients'))).toBeLessThan(1e-2);
    expect(cosine(data, array('integrated-gradients'))).toBeGreaterThan(0.999);
  });

  test('occlusion', async () => {
    const { data } = await occlusion(model, picture, { target, window: golden.window, stride: golden.stride });
    const wanted = array('occlusion');
    for (let channel = 0; channel < 3; channel++) {
      const plane = data.subarray(channel * wanted.length, (channel + 1) * wanted.length);
      expect(relativeError(plane, wanted)).toBeLessThan(1e-3);
    }
  });

  test('Grad-CAM', async () => {
    const { data, shape } = await gradCam(model, picture, { target });
    expect(shape).toEqual([8, 8]);
    expect(relativeError(data, array('grad-cam'))).toBeLessThan(1e-2);
  });

  test('LayerCAM', async () => {
    const { data } = await layerCam(model, picture, { target });
    expect(relativeError(data, array('layer-cam'))).toBeLessThan(1e-2);
  });
});

describe('LIME', () => {
  const masks: number[][] = golden.lime.masks.map((mask: string) => [...mask].map(Number));

  test('the solver finds the weights of scikit-learn’s ridge regression', () => {
    const { weights, intercept, r2 } = solveLime({
      masks: Uint8Array.from(masks.flat()),
      probabilities: golden.lime.probabilities,
    });
    expect(relativeError(weights, golden.lime.weights)).toBeLessThan(1e-6);
    expect(intercept).toBeCloseTo(golden.lime.intercept, 8);
    expect(r2).toBeCloseTo(golden.lime.r2, 8);
  });

  test('masked pictures get the probabilities that PyTorch gives them', async () => {
    const side = golden.grid as number;
    const [height, width] = model.inputSize;
    const segments = Int32Array.from({ length: height * width }, (_, pixel) => {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      return Math.floor((y * side) / height) * side + Math.floor((x * side) / width);
    });
    const { picture: input } = await model.prepare(picture);
    const scene = { picture: input, baseline: segmentMeans(input, segments, side * side), segments };
    const recipes = masks.map((mask) => ({ kind: 'segments', keep: Uint8Array.from(mask) }) as const);
    const { values } = await model.predict(scene, recipes, { targets: [target], score: 'probability' });
    values.forEach((probability, row) => {
      expect(probability).toBeCloseTo(golden.lime.probabilities[row], 4);
    });
  });
});
