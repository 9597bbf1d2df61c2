/** What every black-box explainer promises. */
import { describe, expect, test } from 'vitest';
import { kernelShap } from '../../dist/src/perturb/kernel-shap.js';
import { lime } from '../../dist/src/perturb/lime.js';
import { occlusion } from '../../dist/src/perturb/occlusion.js';
import { rise } from '../../dist/src/perturb/rise.js';
import { constantModel, linearModel, scattered, tensorOf } from './toys.ts';

const shape = [3, 16, 16];
const image = { tensor: tensorOf(shape, (at) => scattered(7 * at + 1)) };
const weights = [0, 1, 2].map((c) => tensorOf(shape, (at) => scattered(3 * at + c) / 50).data);
const linear = (batch = 8) => linearModel(weights, [1, -2, 0], { size: 16, batch, labels: ['cat', 'dog', 'cow, ox'] });

interface Options {
  readonly target?: number | string;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
}
type Model = ReturnType<typeof linear>;
const soft = { samples: 60, cells: 3, denominator: 'coverage' } as const;
const cells = { segmentation: 'grid', segments: 8, samples: 100 } as const;
const explainers = {
  occlusion: {
    one: (model: Model, options: Options = {}) => occlusion(model, image, { window: 4, baseline: 'noise', ...options }),
    all: (model: Model, targets: (number | string)[]) =>
      occlusion(model, image, { window: 4, baseline: 'noise', targets }),
    passes: 49,
    ofConstant: 0,
  },
  lime: {
    one: (model: Model, options: Options = {}) => lime(model, image, { samples: 100, segments: 8, ...options }),
    all: (model: Model, targets: (number | string)[]) => lime(model, image, { samples: 100, segments: 8, targets }),
    passes: 100,
    ofConstant: 0,
  },
  rise: {
    one: (model: Model, options: Options = {}) => rise(model, image, { ...soft, ...options }),
    all: (model: Model, targets: (number | string)[]) => rise(model, image, { ...soft, targets }),
    passes: 60,
    // The mean score under all masks: what is left when nothing speaks for or against a pixel.
    ofConstant: Math.exp(0.7) / (Math.exp(0.3) + Math.exp(0.7)),
  },
  'kernel-shap': {
    one: (model: Model, options: Options = {}) => kernelShap(model, image, { ...cells, ...options }),
    all: (model: Model, targets: (number | string)[]) => kernelShap(model, image, { ...cells, targets }),
    passes: 101,
    ofConstant: 0,
  },
};

describe.each(Object.entries(explainers))('%s', (_, { one, all, passes, ofConstant }) => {
  test('singles out nothing in a constant model', async () => {
    const { data } = await one(constantModel({ size: 16 }));
    expect([...data].every((value) => Math.abs(value - ofConstant) <= 1e-6 * ofConstant)).toBe(true);
  });

  test('is the same to the last bit for any batch size, and in concurrent calls', async () => {
    const reference = (await one(linear(1))).data;
    expect(reference.some((value) => value !== 0)).toBe(true);
    const others = await Promise.all([linear(2), linear(8), linear(1000)].map((model) => one(model)));
    const shared = linear();
    const concurrent = await Promise.all([one(shared), one(shared), one(shared)]);
    for (const { data } of [...others, ...concurrent]) expect(data).toEqual(reference);
  });

  test('depends on the seed', async () => {
    expect((await one(linear(), { seed: 1 })).data).toEqual((await one(linear(), { seed: 1 })).data);
    expect((await one(linear(), { seed: 1 })).data).not.toEqual((await one(linear(), { seed: 2 })).data);
  });

  test('explains several targets in the passes of one, in order', async () => {
    const results = await all(linear(), ['dog', 'ox', 0]);
    expect(results.map(({ target }) => target.index)).toEqual([1, 2, 0]);
    for (const result of results) {
      expect(result.data).toEqual((await one(linear(), { target: result.target.index })).data);
      expect(result.forwardPasses).toBe(passes + 1);
    }
  });

  test('explains the predicted class where no target is given', async () => {
    const [best] = (await all(linear(), [0, 1, 2])).sort((a, b) => b.target.probability - a.target.probability);
    expect((await one(linear())).target).toEqual(best!.target);
  });

  test('stops within one batch, with the reason of the signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const seen: number[] = [];
    const call = one(linear(4), {
      signal: controller.signal,
      onProgress: ({ done }) => {
        seen.push(done);
        if (done === 12) controller.abort(reason);
      },
    });
    await expect(call).rejects.toBe(reason);
    expect(seen).toEqual([4, 8, 12]);
    await expect(one(linear(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('a timer can stop it', async () => {
    await expect(one(linear(1), { signal: AbortSignal.timeout(1) })).rejects.toThrow(/timeout/);
  });

  test('reports progress that grows to the total', async () => {
    const seen: { done: number; total: number }[] = [];
    await one(linear(7), { onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toEqual({ done: passes, total: passes });
    seen.forEach(({ done, total }, at) => {
      expect(total).toBe(passes);
      expect(done).toBeGreaterThan(seen[at - 1]?.done ?? 0);
    });
  });

  test('never hides a score that is not a number', async () => {
    const model = linear();
    const predict = model.predict.bind(model);
    const broken = Object.assign(Object.create(model), {
      async predict(...request: Parameters<typeof predict>) {
        const scores = await predict(...request);
        scores.values[30] = Number.NaN;
        return scores;
      },
    });
    await expect(one(broken)).rejects.toThrow(expect.objectContaining({ code: 'ERR_NOT_FINITE' }));
  });

  test('refuses a class that does not exist', async () => {
    const refused = expect.objectContaining({ code: 'ERR_TARGET' });
    await expect(one(linear(), { target: 'hors' })).rejects.toThrow(refused);
    await expect(one(linear(), { target: 3 })).rejects.toThrow(refused);
  });
});
