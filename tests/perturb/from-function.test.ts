import { describe, expect, test } from 'vitest';
import { compare } from '../../dist/src/compare/compare.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { gradCam, integratedGradients, layerCam, rise, saliency } from '../../dist/src/index.js';
import { type Classify, fromFunction } from '../../dist/src/perturb/from-function.js';
import { lime } from '../../dist/src/perturb/lime.js';
import { scattered, tensorOf } from './toys.ts';

const picture = sharedTensor([3, 4, 4]);
const scene = { picture, baseline: picture };
const originals = (count: number) => Array.from({ length: count }, () => ({ kind: 'original' }) as const);
/** Returns the same row for every picture. */
const always =
  (row: ArrayLike<number>): Classify =>
  async ({ shape: [count = 0] }) =>
    Array.from({ length: count }, () => row);

describe('fromFunction', () => {
  test('gives the function pictures in batches of the asked size, and the rest', async () => {
    const shapes: (readonly number[])[] = [];
    const model = fromFunction(
      async ({ data, shape }) => {
        expect(data.length).toBe(shape[0]! * 48);
        shapes.push(shape);
        return Array.from({ length: shape[0]! }, () => [1, 2]);
      },
      { size: 4, batch: 3 },
    );
    const { values, forwardPasses } = await model.predict(scene, originals(7), { targets: [1, 0], score: 'logit' });
    expect(shapes).toEqual([3, 3, 1].map((count) => [count, 3, 4, 4]));
    expect([...values]).toEqual(originals(7).flatMap(() => [2, 1]));
    expect(forwardPasses).toBe(7);
  });

  test.each([
    ['softmax', [0.2, 0.5, 0.3]],
    ['sigmoid', [0.9, 0.9, 0.05]],
  ] as const)('turns probabilities under %s into logits that give them back', async (activation, row) => {
    const model = fromFunction(always(row), { size: 4, output: 'probability', activation });
    const request = { targets: [0, 1, 2], score: 'probability' } as const;
    const { values } = await model.predict(scene, originals(1), request);
    row.forEach((probability, at) => {
      expect(values[at]).toBeCloseTo(probability, 12);
    });
    const logits = await model.logits(picture);
    const truth = row.map((p) => (activation === 'softmax' ? Math.log(p) : Math.log(p / (1 - p))));
    truth.forEach((logit, at) => {
      expect(logits[at]).toBeCloseTo(logit, 12);
    });
  });

  test('keeps the logits of probabilities 0 and 1 finite', async () => {
    for (const activation of ['softmax', 'sigmoid'] as const) {
      const logits = await fromFunction(always([0, 1]), { size: 4, output: 'probability', activation }).logits(picture);
      expect([...logits].every(Number.isFinite)).toBe(true);
    }
  });

  test('prepares a photo: shorter side, centre crop, (pixel − mean) / std; or takes a tensor as it is', async () => {
    const model = fromFunction(always([0]), { size: '28x14', mean: [10, 20, 30], std: [2, 4, 5] });
    const data = Uint8Array.from({ length: 3 * 64 * 64 }, (_, at) => [110, 220, 130][at % 3]!);
    const prepared = await model.prepare({ data, width: 64, height: 64 });
    expect(prepared.picture.shape).toEqual([3, 28, 14]);
    expect([...prepared.picture.data]).toEqual([50, 50, 20].flatMap((value) => new Array(28 * 14).fill(value)));
    const [x, y, width, height] = prepared.view.crop;
    expect([x + width / 2, y + height / 2, height / width]).toEqual([32, 32, 2]);
    const tensor = tensorOf([1, 3, 28, 14], scattered);
    expect((await model.prepare({ tensor })).picture.data).toEqual(tensor.data);
  });

  test('explains what it classifies', async () => {
    const brightLeft: Classify = async ({ data, shape: [count = 0] }) =>
      Array.from({ length: count }, (_, row) => {
        const pixels = data.subarray(row * 64, (row + 1) * 64);
        return [pixels.reduce((sum, value, at) => sum + (at % 8 < 4 ? value : -value), 0) / 64, 0];
      });
    const model = fromFunction(brightLeft, { size: 8, channels: 1, labels: ['left', 'none'] });
    const tensor = tensorOf([1, 8, 8], () => 1);
    const options = { target: 'left', segmentation: 'grid', segments: 4, fill: '0', samples: 100 } as const;
    const { data } = await lime(model, { tensor }, options);
    expect([...data].map(Math.sign)).toEqual([1, -1, 1, -1]);
  });

  test.each([
    ['too few rows', async () => [[1, 2]]],
    ['rows of different lengths', async () => [[1, 2], [1], [1, 2]]],
    ['numbers that are none', always([Number.NaN, 1])],
    ['empty rows', always([])],
    ['no rows', async () => 5 as unknown as number[][]],
    ['nothing', async () => undefined as unknown as number[][]],
    ['flat numbers', async () => [1, 2, 3] as unknown as number[][]],
  ] as [string, Classify][])('refuses %s', async (_, classify) => {
    const model = fromFunction(classify, { size: 4 });
    const call = model.predict(scene, originals(3), { targets: [0], score: 'logit' });
    await expect(call).rejects.toThrow(expect.objectContaining({ code: 'ERR_INFERENCE' }));
  });

  test('hands the call’s signal to the function, which can end a request early', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    let asked = 0;
    const service: Classify = (_, { signal }) => {
      if (asked++ === 0) return Promise.resolve([[1, 2]]);
      setTimeout(() => controller.abort(reason), 10);
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
    };
    const call = rise(fromFunction(service, { size: 4 }), { tensor: picture }, { signal: controller.signal });
    await expect(call).rejects.toBe(reason);
    expect(asked).toBe(2);
  });

  describe('has no gradients', () => {
    const model = fromFunction(async ({ shape: [count = 0] }) => Array.from({ length: count }, () => [1, 2]), {
      size: 8,
    });
    const image = { tensor: tensorOf([3, 8, 8], scattered) };
    const refusal =
      /^gradient methods: expected an ONNX model, received a function, which has no graph\. Occlusion, LIME/;

    test.each(Object.entries({ saliency, integratedGradients, gradCam, layerCam }))('%s says so', async (_, method) => {
      const explain = method as unknown as typeof rise;
      await expect(explain(model, image)).rejects.toMatchObject({
        code: 'ERR_OPERATOR',
        message: expect.stringMatching(refusal),
      });
    });

    test('compare explains with the methods that need none and reports the others', async () => {
      const methods = [
        'occlusion:window=4',
        'lime:samples=20',
        'rise:samples=20',
        'kernel-shap:samples=60',
        'grad-cam',
        'ig',
      ];
      const { attributions, refused } = await compare(model, image, { methods, targets: [0], segments: 4 });
      expect(attributions.map(({ method }) => method)).toEqual(['occlusion', 'lime', 'rise', 'kernel-shap']);
      expect(refused.map(({ method }) => method)).toEqual(['grad-cam', 'integrated-gradients']);
      for (const { error } of refused) expect(error.message).toMatch(refusal);
    });
  });

  test('passes on what the function throws', async () => {
    const reason = new Error('the service is down');
    const model = fromFunction(() => Promise.reject(reason), { size: 4 });
    await expect(model.logits(picture)).rejects.toBe(reason);
  });

  test.each([
    { size: 0 },
    { size: 'big' },
    { size: 4, batch: 0 },
    { size: 4, channels: 0 },
    { size: 4, mean: [1, 2] },
    { size: 4, std: [0] },
  ])('refuses %j', (options) => {
    expect(() => fromFunction(always([1]), options)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });

  test('refuses a photo where the function wants other channels', async () => {
    const model = fromFunction(always([1]), { size: 4, channels: 5 });
    const photo = { data: new Uint8Array(48), width: 4, height: 4 };
    await expect(model.prepare(photo)).rejects.toThrow(expect.objectContaining({ code: 'ERR_IMAGE' }));
    await expect(model.prepare({ tensor: tensorOf([5, 4, 4], scattered) })).resolves.toBeDefined();
  });
});
