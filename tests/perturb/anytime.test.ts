/** Results that form over time: error bars, partial results, and what ends the sampling. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Attribution } from '../../dist/src/core/attribution.js';
import { gridMask } from '../../dist/src/core/grid-mask.js';
import { fromFunction } from '../../dist/src/perturb/from-function.js';
import { kernelShap } from '../../dist/src/perturb/kernel-shap.js';
import { lime } from '../../dist/src/perturb/lime.js';
import { rise } from '../../dist/src/perturb/rise.js';
import { scattered, tensorOf } from './toys.ts';

const SIDE = 12;
const plane = SIDE * SIDE;
const image = { tensor: tensorOf([3, SIDE, SIDE], (at) => 1 + scattered(7 * at + 1)) };
/** Brightness of the quarters, and three of them together: neither linear nor additive, nor of an even order. */
const logitsOf = (picture: Float32Array) => {
  const sums = [0, 0, 0, 0];
  for (let at = 0; at < picture.length; at++) {
    const [y, x] = [Math.floor((at % plane) / SIDE), at % SIDE];
    sums[2 * Number(y >= SIDE / 2) + Number(x >= SIDE / 2)]! += picture[at]! / plane;
  }
  return [sums[0]! * sums[1]! * sums[2]! + 2 * sums[2]! + sums[3]!, 1];
};
const model = (batch = 50) =>
  fromFunction(
    async ({ data, shape: [count = 0] }) =>
      Array.from({ length: count }, (_, row) => logitsOf(data.subarray(3 * plane * row, 3 * plane * (row + 1)))),
    { size: SIDE, batch },
  );

interface Options {
  readonly seed?: number;
  readonly samples?: number;
  readonly tolerance?: number;
  readonly budget?: number | string;
  readonly onPartial?: (partial: Attribution) => void;
  readonly signal?: AbortSignal;
}
type Model = ReturnType<typeof model>;
const common = { target: 0, score: 'logit' } as const;
const segments = { segmentation: 'grid', segments: 16, fill: 0 } as const;
const explainers = {
  lime: (by: Model, options: Options) => lime(by, image, { ...common, ...segments, samples: 400, ...options }),
  'lime, antithetic': (by: Model, options: Options) =>
    lime(by, image, { ...common, ...segments, samples: 400, antithetic: true, ...options }),
  rise: (by: Model, options: Options) => rise(by, image, { ...common, cells: 3, samples: 400, ...options }),
  'rise, coverage': (by: Model, options: Options) =>
    rise(by, image, { ...common, cells: 3, samples: 400, denominator: 'coverage', ...options }),
  'rise, antithetic': (by: Model, options: Options) =>
    rise(by, image, { ...common, cells: 3, samples: 400, antithetic: true, ...options }),
  'kernel-shap': (by: Model, options: Options) =>
    kernelShap(by, image, { ...common, ...segments, samples: 200, ...options }),
  'kernel-shap, captum': (by: Model, options: Options) =>
    kernelShap(by, image, { ...common, ...segments, samples: 200, sampling: 'captum', ...options }),
};

const meanSquare = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value ** 2, 0) / values.length;

describe.each(Object.entries(explainers))('%s', (name, explain) => {
  /** Of what counts: a map from its mean. */
  const measured = ({ data, level = 0 }: Attribution) => Float64Array.from(data, (value) => value - level);

  test('has the error bars that other seeds show', async () => {
    const runs: Attribution[] = [];
    for (let seed = 1; seed <= 24; seed++) runs.push(await explain(model(), { seed }));
    const values = runs.map(measured);
    const mean = values[0]!.map((_, at) => values.reduce((sum, value) => sum + value[at]!, 0) / runs.length);
    const variance =
      values.reduce((sum, value) => sum + meanSquare(value.map((v, at) => v - mean[at]!)), 0) / (runs.length - 1);
    const reported = runs.reduce((sum, { standardError }) => sum + meanSquare(standardError!), 0) / runs.length;
    expect(Math.sqrt(reported / variance)).toBeGreaterThan(0.75);
    expect(Math.sqrt(reported / variance)).toBeLessThan(1.35);
    expect(runs[0]!.standardError).toHaveLength(name.startsWith('rise') ? plane : 16);
  });

  test('shows results as they form, and ends as it would have without', async () => {
    const partials: Attribution[] = [];
    const whole = await explain(model(), {});
    const shown = await explain(model(), { onPartial: (partial) => partials.push(partial) });
    expect(shown.data).toEqual(whole.data);
    expect(shown.standardError).toEqual(whole.standardError);
    expect(partials.length).toBeGreaterThan(2);
    const used = [...partials, shown].map(({ samplesUsed }) => samplesUsed!);
    expect(used).toEqual([...new Set(used)].toSorted((a, b) => a - b));
    for (const partial of partials) {
      expect(partial).toMatchObject({ method: whole.method, target: whole.target, shape: whole.shape });
      expect(partial.data.every(Number.isFinite)).toBe(true);
    }
  });

  test('stops once the ranking is settled, at the same sample whatever the batch', async () => {
    const many = { samples: 3000, tolerance: 0.1 };
    const found = await explain(model(), many);
    const again = await explain(model(7), many);
    expect(found.samplesUsed).toBeLessThan(many.samples);
    expect(again.samplesUsed).toBe(found.samplesUsed);
    expect(again.data).toEqual(found.data);
    expect(found.forwardPasses).toBeLessThan(many.samples);
    expect(found.options).toMatchObject({ tolerance: 0.1 });
    expect(found.warnings!.filter((warning) => warning.includes('settled'))).toEqual([]);
    if (!name.startsWith('kernel'))
      expect(found.data).toEqual((await explain(model(), { samples: found.samplesUsed! })).data);
  });

  test.skipIf(name.startsWith('rise'))('is as right about the strongest as its doubt says', async () => {
    const truth = (await explain(model(), { samples: 8000, seed: 99 })).data;
    const wrong: number[] = [];
    for (let seed = 1; seed <= 8; seed++) {
      const { data } = await explain(model(), { samples: 8000, tolerance: 0.15, seed });
      const ranked = [...data.keys()].sort((one, other) => data[other]! - data[one]!);
      for (const [rank, strong] of ranked.slice(0, 5).entries()) {
        for (const weak of ranked.slice(rank + 1)) wrong.push(Number(truth[strong]! < truth[weak]!));
      }
    }
    expect(wrong.reduce((sum, one) => sum + one, 0) / wrong.length).toBeLessThan(0.15);
  });

  test('says so where samples end before the ranking is settled', async () => {
    const { warnings } = await explain(model(), { samples: 150, tolerance: 0 });
    expect(warnings).toContainEqual(expect.stringContaining('The ranking is not settled'));
  });

  test('stops on time where only a few samples fit, also four at once', async () => {
    let queue = Promise.resolve();
    const slow = fromFunction(
      async ({ data, shape: [count = 0] }) => {
        await (queue = queue.then(() => delay(20 * count)));
        return Array.from({ length: count }, (_, row) =>
          logitsOf(data.subarray(3 * plane * row, 3 * plane * (row + 1))),
        );
      },
      { size: SIDE, batch: 2 },
    );
    const begin = performance.now();
    // Sixteen samples of each take 1.3 s.
    const found = await Promise.all([1, 2, 3, 4].map((seed) => explain(slow, { seed, samples: 500, budget: '500ms' })));
    expect(performance.now() - begin).toBeLessThan(1100);
    for (const { samplesUsed, data } of found) {
      expect(samplesUsed).toBeLessThan(16);
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  test('makes what a budget ended again from as many samples', async () => {
    const limits = { samples: 3000, tolerance: 0.0001, seed: 5 };
    const timed = await explain(model(), { ...limits, budget: '20ms' });
    expect(timed.samplesUsed).toBeLessThan(3000);
    const again = await explain(model(7), { ...limits, budget: `${timed.samplesUsed} samples` });
    expect(again.samplesUsed).toBe(timed.samplesUsed);
    expect(again.data).toEqual(timed.data);
    expect(again.standardError).toEqual(timed.standardError);
  });

  test('stops on time, with what there is', async () => {
    const slow = fromFunction(
      async ({ data, shape: [count = 0] }) => {
        await delay(4 * count);
        return Array.from({ length: count }, (_, row) =>
          logitsOf(data.subarray(3 * plane * row, 3 * plane * (row + 1))),
        );
      },
      { size: SIDE, batch: 4 },
    );
    const begin = performance.now();
    const { samplesUsed, standardError, data } = await explain(slow, { samples: 500, budget: '600ms' });
    expect(performance.now() - begin).toBeLessThan(1800);
    expect(samplesUsed).toBeGreaterThan(3);
    expect(samplesUsed).toBeLessThan(300);
    if (samplesUsed! > 80) expect(standardError).toBeDefined();
    expect(data.every(Number.isFinite)).toBe(true);
    const enough = new Error('enough');
    await expect(explain(slow, { samples: 500, budget: 5, signal: AbortSignal.abort(enough) })).rejects.toBe(enough);
  });

  test.each([
    [{ tolerance: -0.1 }, 'tolerance'],
    [{ tolerance: 0.6 }, 'tolerance: expected a number from 0 to 0.5'],
    [{ budget: 'soon' }, 'budget: expected a time above 0 such as 2s'],
    [{ budget: 0 }, 'budget'],
    [{ budget: '3h' }, 'budget'],
  ])('refuses %j', async (options, message) => {
    await expect(explain(model(), options)).rejects.toThrow(message);
  });
});

describe('antithetic samples', () => {
  test('of LIME keep what the one before leaves out', async () => {
    const options = { ...common, ...segments, samples: 40, antithetic: true };
    const keeps = (await lime(model(), image, options)).sampled(40).map(({ keep }) => keep);
    for (let row = 0; row < 40; row += 2) expect([...keeps[row + 1]!]).toEqual([...keeps[row]!].map((bit) => 1 - bit));
    const plain = (await lime(model(), image, { ...options, antithetic: false })).sampled(40);
    expect(plain[2]!.keep).toEqual(keeps[2]);
  });

  test('of RISE add up to a mask that is wholly open, and take a third of the samples here', async () => {
    const mask = { seed: 3, index: 4, cells: 3, keep: 0.5 };
    const other = gridMask({ ...mask, inverted: true }, SIDE, SIDE);
    for (const [at, value] of gridMask(mask, SIDE, SIDE).entries()) expect(value + other[at]!).toBeCloseTo(1, 6);
    const plain = await explainers.rise(model(), {});
    const paired = await explainers['rise, antithetic'](model(), {});
    expect(meanSquare(paired.standardError!)).toBeLessThan(meanSquare(plain.standardError!) / 3);
  });

  test('of RISE need cells that are on as often as off', async () => {
    const call = rise(model(), image, { ...common, cells: 3, antithetic: true, keepProbability: 0.3 });
    await expect(call).rejects.toThrow('keep-probability: expected 0.5 for antithetic masks');
  });
});
