import { describe, expect, test } from 'vitest';
import { spatialMap } from '../../dist/src/core/attribution.js';
import { cellSize, enlarged, gridMask } from '../../dist/src/core/grid-mask.js';
import { rise } from '../../dist/src/perturb/rise.js';
import { constantModel, linearModel, scattered, tensorOf } from './toys.ts';

const SIDE = 6;
const shape = [3, SIDE, SIDE];
const plane = SIDE * SIDE;
const image = { tensor: tensorOf(shape, (at) => scattered(7 * at + 1)) };
const weights = tensorOf(shape, (at) => scattered(3 * at) / 3).data;
const model = () => linearModel([weights, weights.map((w) => -w)], [0.4, 0], { size: SIDE, batch: 500 });
const pixels = Array.from({ length: plane }, (_, at) => at);
/** w·x of each pixel, over its channels. */
const share = pixels.map((at) =>
  [0, 1, 2].reduce((sum, c) => sum + weights[c * plane + at]! * image.tensor.data[c * plane + at]!, 0),
);

describe('rise', () => {
  test.each(['expected', 'coverage', 'none'] as const)(
    'is Σ f(M ⊙ x) M over the denominator %s',
    async (denominator) => {
      const options = { samples: 40, cells: 3, keepProbability: 0.3, seed: 5 };
      const found = await rise(model(), image, { ...options, denominator, target: 0, score: 'logit' });
      const masks = Array.from({ length: 40 }, (_, index) =>
        gridMask({ seed: 5, index, cells: 3, keep: 0.3 }, SIDE, SIDE),
      );
      const scores = masks.map((mask) => share.reduce((sum, value, at) => sum + mask[at]! * value, 0.4));
      for (const at of pixels) {
        const sum = masks.reduce((total, mask, index) => total + scores[index]! * mask[at]!, 0);
        const coverage = masks.reduce((total, mask) => total + mask[at]!, 0);
        const truth = sum / { expected: 40 * 0.3, coverage, none: 1 }[denominator];
        for (const channel of [0, 1, 2]) expect(found.data[channel * plane + at]).toBeCloseTo(truth, 4);
      }
      expect(found).toMatchObject({
        shape,
        forwardPasses: 41,
        method: 'rise',
        options: { samples: 40, cells: 3, keepProbability: 0.3, denominator, baseline: 0 },
        seed: 5,
      });
    },
  );

  test('of a linear model tends to b + Σ w·x E[M M′] / p, with E[M M′] from every grid and place', async () => {
    const [cells, p] = [2, 0.4];
    const together = jointMeans(cells, p);
    const truth = pixels.map((at) => 0.4 + pixels.reduce((sum, j) => sum + share[j]! * together(j, at), 0) / p);
    const options = { cells, keepProbability: p, target: 0, score: 'logit' } as const;
    const distance = async (samples: number) => {
      const { data } = await rise(model(), image, { ...options, samples });
      return Math.hypot(...pixels.map((at) => data[at]! - truth[at]!)) / Math.hypot(...truth);
    };
    expect(await distance(20_000)).toBeLessThan(0.03);
    expect(await distance(200)).toBeGreaterThan(0.03);
  });

  test('heatmaps show the difference from the map’s mean', async () => {
    const found = await rise(model(), image, { samples: 30, cells: 2, target: 1 });
    const { data } = spatialMap(found);
    const mean = found.data.reduce((sum, value) => sum + value, 0) / found.data.length;
    expect(found.level).toBeCloseTo(mean, 6);
    expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
    for (const at of pixels) expect(data[at]).toBeCloseTo(found.data[at]! - mean, 5);
  });

  test('masks the picture with the baseline that was asked for', async () => {
    const whole = { samples: 12, cells: 2, keepProbability: 1, target: 0, score: 'logit' } as const;
    const { data, score } = await rise(model(), image, whole);
    for (const value of data) expect(value).toBeCloseTo(score, 5);
    const options = { samples: 1, cells: 2, seed: 4, denominator: 'none', baseline: '0.25' } as const;
    const found = await rise(model(), image, { ...options, target: 0, score: 'logit' });
    const mask = gridMask({ seed: 4, index: 0, cells: 2, keep: 0.5 }, SIDE, SIDE);
    const seen = image.tensor.data.map((x, at) => mask[at % plane]! * x + (1 - mask[at % plane]!) * 0.25);
    const logit = weights.reduce((sum, w, at) => sum + w * seen[at]!, 0.4);
    for (const at of pixels) expect(found.data[at]).toBeCloseTo(logit * mask[at]!, 5);
  });

  test('every pixel is open as often as cells are', () => {
    const mean = new Float64Array(plane);
    for (let index = 0; index < 20_000; index++) {
      gridMask({ seed: 1, index, cells: 3, keep: 0.3 }, SIDE, SIDE).forEach((value, at) => {
        mean[at]! += value / 20_000;
      });
    }
    for (const value of mean) expect(Math.abs(value - 0.3)).toBeLessThan(0.02);
  });

  test.each([
    [{ samples: 0 }, 'samples'],
    [{ cells: 7 }, 'cells: expected a whole number from 1 to 6'],
    [{ keepProbability: 0 }, 'keep-probability'],
    [{ keepProbability: 1.1 }, 'keep-probability'],
    [{ denominator: 'n' }, 'denominator: expected one of expected, coverage, none'],
    [{ baseline: 'pink' }, 'baseline'],
  ])('refuses %j', async (options, message) => {
    const call = rise(constantModel({ size: SIDE }), image, options as Parameters<typeof rise>[2]);
    await expect(call).rejects.toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    await expect(call).rejects.toThrow(message);
  });
});

/**
 * E[Mⱼ Mᵢ] over grids of independent cells and all places: a mask is Σₖ aₖ(j) Bₖ with Σₖ aₖ = 1, so for one place it is
 * p² + p (1 − p) Σₖ aₖ(j) aₖ(i).
 */
function jointMeans(cells: number, p: number): (one: number, other: number) => number {
  const size = cellSize(SIDE, cells);
  const places = Array.from({ length: size * size }, (_, at) => [Math.floor(at / size), at % size] as const);
  const shares = places.map(([top, left]) =>
    Array.from({ length: cells * cells }, (_, cell) => {
      const on = Uint8Array.from({ length: cells * cells }, (_, at) => (at === cell ? 1 : 0));
      return enlarged({ on, top, left }, cells, SIDE, SIDE);
    }),
  );
  return (one, other) => {
    const common = shares.flat().reduce((sum, share) => sum + share[one]! * share[other]!, 0) / places.length;
    return p * p + p * (1 - p) * common;
  };
}
