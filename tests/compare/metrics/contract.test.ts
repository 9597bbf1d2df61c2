/** What every metric promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METRICS } from '../../../dist/src/compare/metrics.js';
import {
  type Attribution,
  gradCam,
  type Model,
  measure,
  occlusion,
  type Progress,
  saliency,
} from '../../../dist/src/index.js';
import { noise } from '../../toy-model.ts';
import { loadToy, SIDE } from '../contract-toys.ts';

const image = { tensor: noise([1, 3, SIDE, SIDE], 3) };
const boxes = [{ box: [2, 3, 6, 5] }] as const;
const folder = mkdtempSync(join(tmpdir(), 'metrics-'));
/** The same model in two pools: one worker and batches of 2, two workers and batches of 5. */
let model: Model;
let other: Model;
let attributions: Attribution[];
beforeAll(async () => {
  model = await loadToy(folder, 'random', { batch: 2 });
  other = await loadToy(folder, 'random', { batch: 5, workers: 2 });
  attributions = [
    ...(await occlusion(model, image, { targets: [0, 2], window: 3 })),
    ...(await saliency(model, image, { targets: [0, 2] })),
    ...(await gradCam(model, image, { targets: [0, 2], relu: false })),
  ];
});
afterAll(async () => {
  await Promise.all([model, other].map((loaded) => loaded.close()));
  rmSync(folder, { recursive: true });
});

test('names are those of the design, each once', () => {
  expect(METRICS.map(({ name }) => name).toSorted()).toEqual([
    ...['average-drop', 'deletion', 'energy-in-box', 'increase', 'infidelity', 'insertion', 'pointing-game'],
    ...['randomization', 'road', 'sensitivity', 'sufficiency'],
  ]);
});

describe.each(METRICS.map((metric) => [metric.name, metric] as const))('%s', (name, metric) => {
  const measured = (by: Model, options: object = {}) =>
    measure(by, image, attributions, { metrics: [name], boxes, seed: 3, ...options });

  test('gives each attribution a value and that of random maps, and leaves the rest as it was', async () => {
    const found = await measured(model);
    expect(found).toHaveLength(attributions.length);
    for (const [at, { metrics, warnings, ...rest }] of found.entries()) {
      const { [name]: figure, ...none } = metrics!;
      expect(none).toEqual({});
      expect(figure!.better).toBe(metric.better);
      if (figure!.value === null) expect(figure!.reason).toBeTruthy();
      else expect([figure!.value, figure!.random].every(Number.isFinite)).toBe(true);
      expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
      const { warnings: before, ...same } = attributions[at]!;
      expect(rest).toEqual(same);
      expect(warnings ?? []).toEqual(expect.arrayContaining([...(before ?? [])]));
    }
    // The toy keeps the order of its classes whatever it is shown.
    const isDefined = name !== 'sufficiency';
    expect(found.some(({ metrics }) => metrics![name]!.value !== null)).toBe(isDefined);
  });

  test('gives the same figures with a seed, by any number of workers and in any batch', async () => {
    const figures = async (by: Model) => (await measured(by)).map(({ metrics }) => metrics);
    expect(await figures(other)).toEqual(await figures(model));
  });

  test('reports progress up to the end, by its name, and stops where it is told to', async () => {
    const reports: (Progress & { method: string })[] = [];
    await measured(model, { onProgress: (progress: Progress & { method: string }) => reports.push(progress) });
    if (reports.length === 0) return expect(metric.passes).toBe('0');
    expect(new Set(reports.map(({ method }) => method))).toEqual(new Set([name]));
    expect(reports.at(-1)!.done).toBe(reports.at(-1)!.total);
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = measured(model, { signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

test('only what is random depends on the seed', async () => {
  const [one, two] = await Promise.all(
    [1, 2].map((seed) => measure(model, image, attributions, { metrics: ['deletion'], seed })),
  );
  expect(one!.map(({ metrics }) => metrics!.deletion!.value)).toEqual(
    two!.map(({ metrics }) => metrics!.deletion!.value),
  );
  expect(one![0]!.metrics!.deletion!.random).not.toBe(two![0]!.metrics!.deletion!.random);
});

test('metrics that were there stay', async () => {
  const once = await measure(model, image, attributions.slice(0, 1), { metrics: ['deletion'] });
  const [twice] = await measure(model, image, once, { metrics: ['increase'] });
  expect(Object.keys(twice!.metrics!)).toEqual(['deletion', 'increase']);
});

test('random maps are as coarse as the map, and maps of one grain share them', async () => {
  const { grainOf, randomMap } = await import('../../../dist/src/compare/metrics/random-maps.js');
  for (const grain of [1, 2, 4, 8]) {
    expect(grainOf(randomMap(0, 0, grain, 64, 64), 64, 64), `${grain}`).toBe(grain);
  }
  const map = randomMap(0, 1, 16, 64, 96);
  expect(new Set(map).size).toBeLessThanOrEqual(5 * 7);
  expect(map.every((value) => value >= 0 && value < 1)).toBe(true);
});
