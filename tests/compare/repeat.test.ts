/** How alike a method's maps are under several seeds: correlations worked by hand, and methods that draw nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repeated } from '../../dist/src/compare/repeat.js';
import { compare } from '../../dist/src/index.js';
import { attributionOf } from '../render/attribution.ts';
import { noise } from '../toy-model.ts';
import { loadToy, SIDE } from './contract-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'repeat-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ascending = Array.from({ length: 16 }, (_, at) => at);
const of = (data: number[], seed = 3) => attributionOf(data, { seed });

test('mean and least over all pairs: same, reversed, and their pairs with a third', async () => {
  const maps = [ascending, ascending.map((value) => value ** 3), ascending.toReversed()];
  const asked: number[] = [];
  const [result] = await repeated([of(maps[0]!)], 3, async (seed) => {
    asked.push(seed);
    return [of(maps[seed - 3]!, seed)];
  });
  expect(asked).toEqual([4, 5]);
  // Ranks: 1 · −1 · −1.
  expect(result!.repeat!.seeds).toEqual([3, 4, 5]);
  expect(result!.repeat!.mean).toBeCloseTo(-1 / 3, 12);
  expect(result!.repeat!.least).toBeCloseTo(-1, 12);
  expect([...result!.data], 'the first run stays').toEqual(ascending);
});

test('a constant map among them: not defined, and not 0', async () => {
  const [result] = await repeated([of(ascending)], 2, async () => [of(ascending.map(() => 1))]);
  expect(result!.repeat).toEqual({ seeds: [3, 4], mean: null, least: null });
});

test('the same bytes under another seed: nothing is drawn, and two runs are enough to know', async () => {
  let runs = 0;
  const [result] = await repeated([of(ascending)], 5, async () => {
    runs++;
    return [of(ascending, 4)];
  });
  expect(result!.repeat).toBeUndefined();
  expect(runs).toBe(1);
});

test('compare: LIME and SmoothGrad draw, occlusion with a fixed baseline and Grad-CAM do not', async () => {
  await using model = await loadToy(folder, 'random');
  const image = { tensor: noise([3, SIDE, SIDE], 3) };
  const options = { targets: [0, 1], samples: 20, segments: 9, seed: 7, noiseSamples: 2, repeat: 3 };
  const methods = ['lime', 'smooth-grad', 'occlusion', 'grad-cam', 'occlusion:baseline=noise'];
  const { attributions } = await compare(model, image, { ...options, methods });
  const drawn = attributions.map(({ repeat }) => repeat?.seeds);
  const seeds = [7, 8, 9];
  expect(drawn).toEqual([seeds, seeds, seeds, seeds, undefined, undefined, undefined, undefined, seeds, seeds]);
  for (const { repeat } of attributions.filter(({ repeat }) => repeat)) {
    expect(repeat!.least!).toBeLessThanOrEqual(repeat!.mean!);
    expect(repeat!.mean!).toBeLessThan(1);
  }
});
