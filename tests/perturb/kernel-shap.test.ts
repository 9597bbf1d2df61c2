import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawnCoalitions, enumeratedCoalitions } from '../../dist/src/perturb/coalitions.js';
import { fromFunction } from '../../dist/src/perturb/from-function.js';
import { atOnce } from '../../dist/src/perturb/in-turns.js';
import { kernelShap } from '../../dist/src/perturb/kernel-shap.js';
import { grid } from '../../dist/src/perturb/segment/grid.js';
import { constantModel, linearModel, scattered, tensorOf } from './toys.ts';

const shape = [3, 16, 16];
const plane = 256;
const image = { tensor: tensorOf(shape, (at) => 128 + 100 * scattered(7 * at + 1)) };
const weights = tensorOf(shape, (at) => scattered(3 * at) / 1000).data;
const model = () => linearModel([weights, weights.map((w) => -w)], [1, 0], { size: 16 });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const gridOf = (segments: number) => ({ data: grid({ height: 16, width: 16 }, segments), shape: [16, 16] });

/** The product of the mean brightness of the four quarters: no linear model. */
const product = () =>
  fromFunction(
    async ({ data, shape: [count = 0] }) =>
      Array.from({ length: count }, (_, row) => {
        const sums = [0, 0, 0, 0];
        for (let at = 0; at < 3 * plane; at++)
          sums[gridOf(4).data[at % plane]!]! += data[row * 3 * plane + at]! / 20_000;
        return [sums.reduce((a, b) => a * b), 0];
      }),
    { size: 16, batch: 20 },
  );

describe('kernelShap', () => {
  test.each([
    ['enumerated', 100],
    ['captum', 300],
  ] as const)(
    'of a linear model has the values Σ w·(x − fill) per segment, with %s coalitions',
    async (sampling, samples) => {
      const segmentation = gridOf(12);
      const options = { score: 'logit', target: 0, fill: '7', samples, sampling, segmentation, seed: 3 } as const;
      const { data, intercept } = await kernelShap(model(), image, options);
      for (let segment = 0; segment < 12; segment++) {
        const truth = sum(
          image.tensor.data.map((x, at) => (segmentation.data[at % plane] === segment ? weights[at]! * (x - 7) : 0)),
        );
        expect(data[segment]).toBeCloseTo(truth, 3);
      }
      expect(intercept).toBeCloseTo(1 + 7 * sum(weights), 3);
    },
  );

  test('has exact Shapley values of a product, which share it evenly', async () => {
    const flat = { tensor: tensorOf(shape, () => 100) };
    const options = { score: 'logit', target: 0, fill: '0', segmentation: gridOf(4) } as const;
    const { data, samplesUsed, forwardPasses, score } = await kernelShap(product(), flat, options);
    expect([samplesUsed, forwardPasses]).toEqual([14, 16]);
    for (const value of data) expect(value).toBeCloseTo(score / 4, 6);
  });

  test('adds up to f(x) − f(x′), whatever was drawn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('enumerated', 'captum'), async (seed, sampling) => {
        const options = { target: 0, samples: 60, segments: 9, segmentation: 'grid', seed, sampling } as const;
        const { data, score, intercept } = await kernelShap(model(), image, options);
        expect(sum(data)).toBeCloseTo(score - intercept, 6);
      }),
      { numRuns: 8 },
    );
  });

  test('one segment gets the whole difference', async () => {
    const options = { segmentation: 'grid', segments: 1, fill: '0', score: 'logit', target: 0 } as const;
    const { data, score, intercept } = await kernelShap(model(), image, options);
    expect(data[0]).toBeCloseTo(score - intercept, 5);
    expect(intercept).toBeCloseTo(1, 5);
  });

  test('warns of coalitions that do not tell the segments apart, and gives the smallest values that fit', async () => {
    const options = { samples: 6, segments: 40, segmentation: 'grid', target: 0, score: 'logit' } as const;
    const few = await kernelShap(model(), image, options);
    expect(few.warnings).toEqual([expect.stringContaining('6 coalitions do not tell 40 segments apart')]);
    expect(sum(few.data)).toBeCloseTo(few.score - few.intercept, 5);
    const alike = new Map<string, Set<string>>();
    const { masks } = atOnce(enumeratedCoalitions(40, 6, 0));
    few.data.forEach((value, segment) => {
      const key = masks.map((mask) => mask[segment]).join('');
      alike.set(key, (alike.get(key) ?? new Set()).add(value.toFixed(5)));
    });
    expect(alike.size).toBeGreaterThan(3);
    for (const values of alike.values()) expect(values.size).toBe(1);
    expect((await kernelShap(model(), image, { ...options, samples: 200 })).warnings).toEqual([]);
  });

  test('shows and cuts out segments as LIME does', async () => {
    const found = await kernelShap(model(), image, { target: 0, samples: 100, segments: 9 });
    const strongest = found.data.indexOf(found.data.reduce((a, b) => Math.max(a, b)));
    const { data } = found.mask({ top: 1 });
    expect([...data]).toEqual([...found.segments].map((segment) => (segment === strongest ? 1 : 0)));
    expect(found.boundaries().data.some((value) => value === 1)).toBe(true);
  });

  test.each([
    [{ samples: 1 }, 'samples'],
    [{ sampling: 'all' }, 'sampling: expected one of enumerated, captum'],
    [{ seed: -1 }, 'seed'],
    [{ fill: 'rainbow' }, 'baseline'],
  ])('refuses %j', async (options, message) => {
    const call = kernelShap(constantModel({ size: 16 }), image, options as Parameters<typeof kernelShap>[2]);
    await expect(call).rejects.toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    await expect(call).rejects.toThrow(message);
  });
});

describe('coalitions', () => {
  const size = (mask: Uint8Array) => sum(mask);
  const mass = (segments: number, of: number) => (segments - 1) / (of * (segments - of));

  test('are all there are, each once and with the Shapley kernel’s weight, where samples suffice', () => {
    for (const segments of [2, 3, 4, 7, 10]) {
      const { masks, weights } = atOnce(enumeratedCoalitions(segments, 2 ** segments - 2, 0));
      expect(new Set(masks.map((mask) => mask.join(''))).size).toBe(2 ** segments - 2);
      masks.forEach((mask, at) => {
        const same = masks.filter((other) => size(other) === size(mask)).length;
        expect(weights[at]).toBeCloseTo(mass(segments, size(mask)) / same, 12);
      });
    }
  });

  test('are the small and large ones as a whole and the rest in pairs where they do not; no mass is lost', () => {
    const segments = 20;
    const { masks, weights } = atOnce(enumeratedCoalitions(segments, 2000, 4));
    expect(masks.length).toBeLessThanOrEqual(2000);
    const counts = masks.reduce((all, mask) => all.set(size(mask), (all.get(size(mask)) ?? 0) + 1), new Map());
    expect([counts.get(1), counts.get(19), counts.get(2), counts.get(18)]).toEqual([20, 20, 190, 190]);
    for (let at = 0; at < masks.length; at += 2) {
      expect(masks[at + 1]).toEqual(masks[at]!.map((bit) => 1 - bit));
      expect(weights[at + 1]).toBe(weights[at]);
    }
    const total = Array.from({ length: segments - 1 }, (_, at) => mass(segments, at + 1));
    expect(sum(weights)).toBeCloseTo(sum(total), 9);
  });

  test('as captum draws them have sizes by the kernel’s mass and members drawn evenly', () => {
    const [segments, samples] = [6, 30_000];
    const { masks, weights } = atOnce(drawnCoalitions(segments, samples, 2));
    expect(new Set(weights)).toEqual(new Set([1]));
    const total = sum([1, 2, 3, 4, 5].map((of) => mass(segments, of)));
    for (const of of [1, 2, 3, 4, 5]) {
      const share = mass(segments, of) / total;
      const found = masks.filter((mask) => size(mask) === of).length / samples;
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / samples));
    }
    for (let segment = 0; segment < segments; segment++) {
      const found = masks.filter((mask) => mask[segment] === 1).length / samples;
      expect(Math.abs(found - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / samples));
    }
  });
});
