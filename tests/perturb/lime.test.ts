import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromFunction } from '../../dist/src/perturb/from-function.js';
import { lime } from '../../dist/src/perturb/lime.js';
import { grid } from '../../dist/src/perturb/segment/grid.js';
import { solveLime } from '../../dist/src/perturb/solve-lime.js';
import { constantModel, linearModel, scattered, tensorOf } from './toys.ts';

const shape = [3, 16, 16];
const plane = 256;
const image = { tensor: tensorOf(shape, (at) => 128 + 100 * scattered(7 * at + 1)) };
const weights = tensorOf(shape, (at) => scattered(3 * at) / 1000).data;
const model = (size = 16) => linearModel([weights, weights.map((w) => -w)], [1, 0], { size });
const quarters = { data: grid({ height: 16, width: 16 }, 4), shape: [16, 16] };
const inSegment = (labels: ArrayLike<number>, segment: number) => (at: number) => labels[at % plane] === segment;
const sum = (term: (at: number) => number) => image.tensor.data.reduce((total, _, at) => total + term(at), 0);

describe('lime', () => {
  test('of a linear model in logits has the weights Σ w·(x − fill) per segment, as the ridge goes to 0', async () => {
    const constant = { score: 'logit', target: 0, samples: 200, ridge: 0, fill: '0' } as const;
    const labels = fc.array(fc.constantFrom(-3, 0, 8, 9, 40), { minLength: plane, maxLength: plane });
    await fc.assert(
      fc.asyncProperty(labels, fc.nat(), async (data, seed) => {
        const found = await lime(model(), image, { ...constant, seed, segmentation: { data, shape: [16, 16] } });
        expect(found.data.length).toBe(new Set(data).size);
        expect(found.shape).toEqual([found.data.length]);
        for (const [segment, original] of found.segmentLabels.entries()) {
          const isIn = inSegment(data, original);
          const truth = sum((at) => (isIn(at) ? weights[at]! * image.tensor.data[at]! : 0));
          expect(found.data[segment]).toBeCloseTo(truth, 3);
        }
        expect(found.intercept).toBeCloseTo(1, 3);
        expect(found.r2).toBeCloseTo(1, 6);
        expect([...found.segments].map((segment) => found.segmentLabels[segment])).toEqual(data);
      }),
      { numRuns: 10 },
    );
  });

  test.each(['segment-mean', 'mean', undefined])(
    'with fill %s measures against the mean colour of each segment',
    async (fill) => {
      const found = await lime(model(), image, {
        score: 'logit',
        target: 0,
        samples: 60,
        ridge: 0,
        segmentation: quarters,
        fill,
      });
      for (const segment of [0, 1, 2, 3]) {
        let truth = 0;
        for (const channel of [0, 1, 2]) {
          const isIn = (at: number) => Math.floor(at / plane) === channel && inSegment(quarters.data, segment)(at);
          const mean = sum((at) => (isIn(at) ? image.tensor.data[at]! : 0)) / sum((at) => (isIn(at) ? 1 : 0));
          truth += sum((at) => (isIn(at) ? weights[at]! * (image.tensor.data[at]! - mean) : 0));
        }
        expect(found.data[segment]).toBeCloseTo(truth, 3);
      }
    },
  );

  test('is what solveLime makes of its samples, the first of which is the whole picture', async () => {
    const found = await lime(model(), image, { segments: 9, samples: 120, kernelWidth: 0.4, ridge: 0.7, target: 1 });
    const samples = found.sampled(120);
    expect(samples).toHaveLength(120);
    expect([...samples[0]!.keep]).toEqual(new Array(found.data.length).fill(1));
    expect(samples[0]!.weight).toBe(1);
    expect(samples[0]!.score).toBe(found.target.probability);
    expect([...samples[0]!.picture.data.subarray(0, 3)]).toEqual(
      [0, plane, 2 * plane].map((at) => Math.round(image.tensor.data[at]!)),
    );
    const masks = Uint8Array.from(samples.flatMap(({ keep }) => [...keep]));
    const solution = solveLime({
      masks,
      probabilities: samples.map(({ score }) => score),
      kernelWidth: 0.4,
      ridge: 0.7,
    });
    expect([...found.data]).toEqual([...Float32Array.from(solution.weights)]);
    expect(found.intercept).toBe(solution.intercept);
    expect(found.r2).toBe(solution.r2);
    expect(found.scoreKind).toBe('probability');
    const isOn = masks.subarray(found.data.length).reduce((total, bit) => total + bit, 0) / (119 * found.data.length);
    expect(Math.abs(isOn - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / (119 * found.data.length)));
  });

  test('a sample does not depend on how many there are', async () => {
    const few = (await lime(model(), image, { samples: 20, segments: 6, seed: 3 })).sampled(20);
    const many = (await lime(model(), image, { samples: 90, segments: 6, seed: 3 })).sampled(20);
    expect(few.map(({ keep }) => keep)).toEqual(many.map(({ keep }) => keep));
    expect(new Set(few.map(({ keep }) => keep.join(''))).size).toBeGreaterThan(10);
  });

  test('warns of fewer than ten samples for a segment', async () => {
    const options = { segmentation: quarters };
    expect((await lime(model(), image, { ...options, samples: 40 })).warnings).toEqual([]);
    expect((await lime(model(), image, { ...options, samples: 39 })).warnings).toEqual([
      expect.stringContaining('Take 40 or more'),
    ]);
  });

  test('takes a label map of the photo’s size at the pixels that the model sees', async () => {
    const photo = { data: new Uint8Array(3 * 64 * 40).fill(90), width: 64, height: 40 };
    const isLeft = (at: number) => at % 64 < 32;
    const labels = Int32Array.from({ length: 64 * 40 }, (_, at) => (isLeft(at) ? 5 : 9) + (at < 64 * 20 ? 0 : 100));
    const unseen = labels.map((label, at) => (at % 64 < 3 ? 77 : label));
    const found = await lime(model(), photo, { samples: 60, segmentation: { data: unseen, shape: [40, 64] } });
    const { crop } = found.view;
    expect(crop[0]).toBeGreaterThan(3);
    expect([...found.segmentLabels]).toEqual([5, 9, 105, 109]);
    expect([...found.segments]).toEqual(
      Array.from({ length: plane }, (_, at) => 2 * Number(at >= 128) + Number(at % 16 >= 8)),
    );
  });

  test.each(['slic', 'quickshift', 'grid'] as const)('says how %s segmented', async (segmentation) => {
    const { options, segments, data } = await lime(model(), image, {
      samples: 20,
      segmentation,
      maxDist: 6,
      ratio: 0.9,
    });
    const own = {
      slic: { compactness: 10, sigma: 1 },
      quickshift: { kernelSize: 4, maxDist: 6, ratio: 0.9 },
      grid: {},
    };
    expect(options).toMatchObject({ segmentation, ...own[segmentation] });
    expect(new Set(segments).size).toBe(data.length);
  });

  test('gives a weight to as many segments as asked for', async () => {
    const found = await lime(model(), image, { samples: 200, segments: 12, segmentation: 'grid', numFeatures: 4 });
    expect(found.data.filter((weight) => weight !== 0)).toHaveLength(4);
    expect(found.options).toMatchObject({ numFeatures: 4 });
  });

  test('draws all samples where the whole picture is not to come first, the others as before', async () => {
    const options = { samples: 30, segments: 6, seed: 3 };
    const first = (await lime(model(), image, options)).sampled(30);
    const drawn = (await lime(model(), image, { ...options, wholeFirst: false })).sampled(30);
    expect(first[0]!.keep.every((bit) => bit === 1)).toBe(true);
    expect(drawn[0]!.keep.every((bit) => bit === 1)).toBe(false);
    expect(drawn.slice(1).map(({ keep }) => keep)).toEqual(first.slice(1).map(({ keep }) => keep));
  });

  test('weighs samples by the cosine of what the model sees, where that is asked for', async () => {
    const options = { samples: 20, segments: 6, fill: 0, distance: 'pixels', kernelWidth: 1 } as const;
    const { picture } = await model().prepare(image);
    const explanation = await lime(model(), image, options);
    const { segments } = explanation;
    for (const { keep, weight } of explanation.sampled(20)) {
      const seen = picture.data.map((value, at) => (keep[segments[at % segments.length]!] ? value : 0));
      const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
      const product = seen.reduce((sum, value, at) => sum + value * picture.data[at]!, 0);
      const distance = length(seen) > 0 ? 1 - product / (length(seen) * length(picture.data)) : 1;
      expect(weight).toBeCloseTo(Math.exp(-(distance ** 2) / 2), 6);
    }
  });

  test('a Lasso sets weak weights to 0', async () => {
    const options = { samples: 60, segments: 9, segmentation: 'grid', score: 'logit' } as const;
    const { data } = await lime(model(), image, { ...options, ridge: 0, lasso: 1e6 });
    expect([...data].every((weight) => weight === 0)).toBe(true);
  });

  test('a regression that cannot be solved stops the passes', async () => {
    let asked = 0;
    const slow = fromFunction(
      async ({ shape: [count = 0] }) => {
        asked++;
        return Array.from({ length: count }, () => [1, 2]);
      },
      { size: 16, batch: 1 },
    );
    await expect(lime(slow, image, { samples: 20_000, segments: 4, ridge: -1 })).rejects.toThrow('ridge');
    const before = asked;
    expect(before).toBeLessThan(2000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toBe(before);
  });

  test.each([
    [{ samples: 1 }, 'samples'],
    [{ numFeatures: 0 }, 'num-features'],
    [{ seed: 0.5 }, 'seed'],
    [{ fill: 'rainbow' }, 'baseline'],
    [{ kernelWidth: 0 }, 'kernel-width'],
    [{ ridge: -1 }, 'ridge'],
    [{ lasso: -1 }, 'lasso'],
    [{ distance: 'colours' }, 'distance: expected one of segments, pixels'],
    [{ numFeatures: 3, selection: 'lasso-path' }, 'selection: expected one of auto, forward-selection'],
    [{ segments: 0 }, 'segments'],
    [{ segmentation: 'grid', segments: 0 }, 'segments'],
    [{ segments: 1025 }, 'segments'],
    [{ segmentation: { data: Int32Array.from({ length: 2048 }, (_, at) => at), shape: [32, 64] } }, '[16, 16]'],
    [{ segmentation: 'watershed' }, 'segmentation: expected one of slic, quickshift, grid'],
    [{ segmentation: { data: new Int32Array(256), shape: [8, 32] } }, 'a label map [16, 16]'],
    [{ segmentation: { data: new Int32Array(4), shape: [16, 16] } }, 'of 4 labels'],
    [{ segmentation: { data: new Float32Array(256).fill(0.5), shape: [16, 16] } }, 'whole numbers'],
    [{ samples: 2, ridge: 0 }, 'ridge'],
  ])('refuses %j', async (options, message) => {
    const call = lime(constantModel({ size: 16 }), image, options as Parameters<typeof lime>[2]);
    await expect(call).rejects.toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    await expect(call).rejects.toThrow(message);
  });
});
