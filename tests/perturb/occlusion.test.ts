import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pearson } from '../../dist/src/compare/similarity.js';
import type { Attribution } from '../../dist/src/core/attribution.js';
import type { Progress } from '../../dist/src/core/predictor.js';
import { occlusion } from '../../dist/src/perturb/occlusion.js';
import { constantModel, linearModel, scattered, tensorOf } from './toys.ts';

const picture = (shape: readonly number[]) => ({ tensor: tensorOf(shape, (at) => scattered(7 * at + 1)) });
const refused = expect.objectContaining({ code: 'ERR_OPTION' });

/** Occlusion of a linear model, pixel by pixel from the definition: windows that start at 0, s, 2s, … and begin inside. */
function expectedDrops(
  w: Float32Array,
  x: Float32Array,
  shape: readonly number[],
  window: readonly number[],
  stride: readonly number[],
) {
  const [channels, height, width] = shape as [number, number, number];
  const starts = (side: number, size: number, step: number) => {
    const found = [0];
    while (found.at(-1)! + size < side) found.push(found.at(-1)! + step);
    return found;
  };
  const inside = (at: number, start: number, size: number) => at >= start && at < start + size;
  const drop = (top: number, left: number) => {
    let sum = 0;
    for (let at = 0; at < x.length; at++) {
      const [row, column] = [Math.floor((at % (height * width)) / width), at % width];
      if (inside(row, top, window[0]!) && inside(column, left, window[1]!)) sum += w[at]! * x[at]!;
    }
    return sum;
  };
  const places = starts(height, window[0]!, stride[0]!).flatMap((top) =>
    starts(width, window[1]!, stride[1]!).map((left) => ({ top, left, drop: drop(top, left) })),
  );
  return Array.from({ length: channels * height * width }, (_, at) => {
    const [row, column] = [Math.floor((at % (height * width)) / width), at % width];
    const covering = places.filter((p) => inside(row, p.top, window[0]!) && inside(column, p.left, window[1]!));
    return covering.reduce((sum, p) => sum + p.drop, 0) / covering.length;
  });
}

describe('occlusion', () => {
  test('of a linear model is the mean of Σ w·x over the windows that cover a pixel, the last one cut off', async () => {
    const sides = fc.integer({ min: 1, max: 9 });
    const cases = fc
      .record({
        height: sides,
        width: sides,
        h: sides,
        w: sides,
        sy: sides,
        sx: sides,
        channels: fc.integer({ min: 1, max: 3 }),
      })
      .map((c) => ({ ...c, h: Math.min(c.h, c.height), w: Math.min(c.w, c.width) }))
      .map((c) => ({ ...c, sy: Math.min(c.sy, c.h), sx: Math.min(c.sx, c.w) }));
    await fc.assert(
      fc.asyncProperty(cases, async ({ channels, height, width, h, w, sy, sx }) => {
        const shape = [channels, height, width];
        const weights = [0, 1].map((c) => tensorOf(shape, (at) => scattered(3 * at + c)).data);
        const size = { height, width };
        const model = linearModel(weights, [1, -2], { size, channels, mean: shape.map(() => 0).slice(0, channels) });
        const image = picture(shape);
        const options = { window: { height: h, width: w }, stride: `${sy}x${sx}`, targets: [0, 1] };
        const found = await occlusion(model, image, options);
        found.forEach((result, c) => {
          const truth = expectedDrops(weights[c]!, image.tensor.data, shape, [h, w], [sy, sx]);
          for (const [at, value] of truth.entries()) expect(result.data[at]).toBeCloseTo(value, 5);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('measures the drop against the baseline that was asked for', async () => {
    const shape = [3, 6, 6];
    const weights = tensorOf(shape, scattered).data;
    const model = linearModel([weights, weights], [0, 0], { size: 6, mean: [10, 20, 30], std: [2, 4, 5] });
    const image = picture(shape);
    const { data } = await occlusion(model, image, { target: 0, window: 6, baseline: '12,28,15' });
    const colour = [1, 2, -3];
    const drop = weights.reduce((sum, w, at) => sum + w * (image.tensor.data[at]! - colour[Math.floor(at / 36)]!), 0);
    for (const value of data) expect(value).toBeCloseTo(drop, 4);
  });

  test('says what it did', async () => {
    const model = linearModel([new Float32Array(3 * 224 * 224)], [4], { size: 224 });
    const result = await occlusion(model, picture([1, 3, 224, 224]));
    expect(result).toMatchObject({
      method: 'occlusion',
      shape: [3, 224, 224],
      options: { window: { height: 32, width: 32 }, stride: { height: 16, width: 16 }, baseline: 0 },
      target: { index: 0, label: 'class 0', probability: 1 },
      scoreKind: 'logit',
      score: 4,
      forwardPasses: 13 * 13 + 1,
      unit: 'logit drop',
    });
  });

  describe('that is adaptive', () => {
    const shape = [3, 32, 32];
    /** Only the upper left corner counts. */
    const weights = tensorOf(shape, (at) =>
      at % 32 < 10 && Math.floor((at % 1024) / 32) < 10 ? scattered(at) : 0,
    ).data;
    const model = linearModel([weights, weights.map((w) => -w)], [1, 0], { size: 32 });
    const fine = { window: 8, stride: 2, target: 0 } as const;

    test('runs the windows that matter, and finds the same', async () => {
      const full = await occlusion(model, picture(shape), fine);
      const found = await occlusion(model, picture(shape), { ...fine, adaptive: true });
      expect(found).toMatchObject({ options: { adaptive: true }, windowsOfGrid: 13 * 13 });
      expect(found.windowsUsed).toBeLessThan(0.4 * 13 * 13);
      expect(found.windowsUsed).toBeGreaterThanOrEqual(4 * 4);
      expect(found.forwardPasses).toBe(found.windowsUsed! + 1);
      expect(found.warnings).toEqual([
        `Adaptive occlusion ran ${found.windowsUsed} of 169 windows; the others are interpolated.`,
      ]);
      expect(pearson(found.data, full.data)).toBeGreaterThan(0.99);
      const isFar = (at: number) => at % 32 >= 24 || Math.floor((at % 1024) / 32) >= 24;
      expect(found.data.filter((value, at) => isFar(at) && Math.abs(value) > 1e-6)).toHaveLength(0);
      expect(full).not.toHaveProperty('windowsUsed');
      expect(full.options).not.toHaveProperty('adaptive');
    });

    test('runs all where the stride is the window', async () => {
      const sparse = { window: 8, stride: 8, target: 0 };
      const full = await occlusion(model, picture(shape), sparse);
      const found = await occlusion(model, picture(shape), { ...sparse, adaptive: true });
      expect(found.windowsUsed).toBe(16);
      expect(found.data).toEqual(full.data);
    });

    test('shows maps as they form, and counts the windows that ran of all', async () => {
      const partials: Attribution[] = [];
      const seen: Progress[] = [];
      const found = await occlusion(model, picture(shape), {
        ...fine,
        adaptive: true,
        onPartial: (partial) => partials.push(partial),
        onProgress: (progress) => seen.push(progress),
      });
      const used = partials.map((partial) => (partial as typeof found).windowsUsed!);
      expect(used[0]).toBe(16);
      expect([...used, found.windowsUsed]).toEqual([...new Set(used), found.windowsUsed].toSorted((a, b) => a! - b!));
      for (const partial of partials) {
        expect(partial).toMatchObject({ method: 'occlusion', shape, target: { index: 0 } });
        expect(partial.data.every(Number.isFinite)).toBe(true);
      }
      expect(seen.at(-1)).toEqual({ done: found.windowsUsed, total: 169 });
      expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    });
  });

  test.each([
    [{ window: 0 }, 'window height'],
    [{ window: 2.5 }, 'window height'],
    [{ window: 9 }, 'window height: expected a whole number from 1 to 8, received 9'],
    [{ window: '4x9' }, 'window width'],
    [{ window: '4x4x4' }, 'window: expected'],
    [{ window: '4x' }, 'window: expected pixels as 16, or 24x12'],
    [{ window: 'big' }, 'window: expected pixels as 16, or 24x12'],
    [{ window: 4, stride: 5 }, 'never be covered'],
    [{ window: '4x2', stride: 3 }, 'never be covered'],
    [{ stride: 0 }, 'stride height'],
    [{ baseline: 'pink' }, 'baseline'],
    [{ seed: -1 }, 'seed'],
  ])('refuses %j', async (options, message) => {
    const model = constantModel({ size: 8 });
    await expect(occlusion(model, picture([3, 8, 8]), options)).rejects.toThrow(refused);
    await expect(occlusion(model, picture([3, 8, 8]), options)).rejects.toThrow(message);
  });
});
