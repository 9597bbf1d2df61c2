/** Occlusion of the default model, incremental and not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { loadModel, type Model } from '../../dist/src/model.js';
import { fromFunction } from '../../dist/src/perturb/from-function.js';
import { occlusion } from '../../dist/src/perturb/occlusion.js';
import { windows } from '../../dist/src/perturb/window.js';
import { noise } from '../toy-model.ts';

const picture = { tensor: { ...noise([3, 128, 128], 7) } };
const fine = { window: 16, stride: 8, targets: [0, 1] } as const;

describe('occlusion', () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(undefined, { workers: 1 });
  });
  afterAll(() => model.close());

  test('says whether it was incremental, and finds the same either way', async () => {
    const [found] = await occlusion(model, picture, fine);
    const [whole] = await occlusion(model, picture, { ...fine, incremental: false });
    expect(found).toMatchObject({ options: { incremental: true } });
    expect(whole).toMatchObject({ options: { incremental: false } });
    const range = Math.max(...whole!.data) - Math.min(...whole!.data);
    const errors = whole!.data.map((value, at) => Math.abs(value - found!.data[at]!));
    expect(Math.max(...errors)).toBeLessThan(1e-4 * range);
    expect(found!.data).not.toEqual(whole!.data);
  });

  test('reports how far the two lie apart, class by class', async () => {
    const checked = await occlusion(model, picture, { ...fine, exactCheck: true });
    for (const { exactCheck, warnings } of checked) {
      expect(exactCheck!.scoreRange).toBeGreaterThan(0);
      expect(exactCheck!.maxError).toBeGreaterThan(0);
      expect(exactCheck!.maxError).toBeLessThan(1e-4 * exactCheck!.scoreRange);
      expect(warnings).toEqual([expect.stringMatching(/differ by at most \d\.\de-\d of the scores' range\./)]);
    }
  });

  test('runs whole passes where windows change nearly all', async () => {
    const found = await occlusion(model, picture, { window: 96, stride: 32, target: 0, exactCheck: true });
    expect(found).toMatchObject({ options: { incremental: false } });
    expect(found.exactCheck).toBeUndefined();
    expect(found.warnings).toEqual([expect.stringContaining('no incremental result to check')]);
  });

  test.each([
    [2, 2],
    [1, 5],
    [2, 16],
  ])('is the same to the last bit with %i workers and a batch of %i', async (workers, batch) => {
    await using other = await loadModel(undefined, { workers, batch });
    const [reference, found] = [await occlusion(model, picture, fine), await occlusion(other, picture, fine)];
    expect(found[0]).toMatchObject({ options: { incremental: true } });
    expect(found.map(({ data }) => data)).toEqual(reference.map(({ data }) => data));
  });

  test.each([
    [2, 2],
    [1, 5],
  ])('that is adaptive is the same to the last bit with %i workers and a batch of %i', async (workers, batch) => {
    const asked = { ...fine, adaptive: true };
    await using other = await loadModel(undefined, { workers, batch });
    const [reference, found] = [await occlusion(model, picture, asked), await occlusion(other, picture, asked)];
    expect(found[0]).toMatchObject({ options: { incremental: true, adaptive: true }, windowsOfGrid: 225 });
    expect(found[0]!.windowsUsed).toBeLessThan(225);
    expect(found.map(({ data }) => data)).toEqual(reference.map(({ data }) => data));
  });

  test('that is adaptive has the scores of the windows that ran as the whole grid has them, and checks those', async () => {
    const { picture: tensor } = await model.prepare(picture);
    const scene = { picture: tensor, baseline: sharedTensor(tensor.shape) };
    const all = windows({ height: 128, width: 128 }, { height: 16, width: 16 }, { height: 8, width: 8 });
    const recipes = all.map((place) => ({ kind: 'window', ...place }) as const);
    const request = { targets: [0, 1], score: 'logit' } as const;
    const whole = await model.predictIncrementally!(scene, recipes, request);
    const chosen = [200, 3, 77, 112];
    const some = await model.predictIncrementally!(scene, recipes, request, chosen);
    expect(some!.forwardPasses).toBe(4);
    expect(Array.from(some!.values)).toEqual(
      chosen.flatMap((at) => [whole!.values[2 * at], whole!.values[2 * at + 1]]),
    );

    const [checked] = await occlusion(model, picture, { ...fine, adaptive: true, exactCheck: true });
    expect(checked!.forwardPasses).toBe(2 * checked!.windowsUsed! + 1);
    expect(checked!.exactCheck!.maxError).toBeLessThan(1e-4 * checked!.exactCheck!.scoreRange);
    expect(checked!.warnings).toHaveLength(2);
  });

  test('stops within a batch', async () => {
    const signal = AbortSignal.timeout(30);
    await expect(occlusion(model, picture, { ...fine, stride: 1, signal })).rejects.toThrow('timeout');
  });

  test('reports progress up to all windows', async () => {
    const seen: number[] = [];
    await occlusion(model, picture, { ...fine, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  test('of a function runs it on whole pictures', async () => {
    const bright = fromFunction(async ({ shape: [count = 0] }) => Array.from({ length: count }, () => [0, 1]), {
      size: 16,
    });
    const found = await occlusion(bright, { tensor: noise([3, 16, 16]) }, { window: 4 });
    expect(found).toMatchObject({ options: { incremental: false } });
  });
});
