import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baselineOf } from '../../dist/src/core/baseline.js';

const normalisation = { mean: [10, 20, 30], std: [2, 4, 5] };
const prepared = (height: number, width: number, values: (at: number) => number) => ({
  picture: {
    data: Float32Array.from({ length: 3 * height * width }, (_, at) => values(at)),
    shape: [3, height, width],
  },
  normalisation,
  view: { width, height, crop: [0, 0, width, height] as const },
});
const ramp = prepared(3, 4, (at) => at);
const channels = (spec: number | string, picture = ramp, seed = 0) => {
  const { data } = baselineOf(spec, picture, seed);
  const plane = data.length / 3;
  return [0, 1, 2].map((channel) => [...data.subarray(channel * plane, (channel + 1) * plane)]);
};
const constant = (value: number) => new Array<number>(12).fill(Math.fround(value));

describe('baselineOf', () => {
  test.each([
    [0, [0, 0, 0]],
    ['0', [0, 0, 0]],
    ['-1.5', [-1.5, -1.5, -1.5]],
    ['black', [-10 / 2, -20 / 4, -30 / 5]],
    ['White', [245 / 2, 235 / 4, 225 / 5]],
    ['grey', [118 / 2, 108 / 4, 98 / 5]],
    ['12, 24,35', [1, 1, 1]],
    ['mean', [5.5, 17.5, 29.5]],
  ])('%s is one value per channel', (spec, values) => {
    expect(channels(spec)).toEqual(values.map(constant));
  });

  test('blur weighs pixels by a Gaussian of σ = (K − 1) / 2', () => {
    const size = 31;
    const impulse = prepared(size, size, (at) => (at === 15 * size + 15 ? 1 : 0));
    const [blurred] = channels('blur:11', impulse);
    const weight = (i: number) => (Math.abs(i) > 5 ? 0 : Math.exp(-(i * i) / 50));
    const total = Array.from({ length: 11 }, (_, at) => weight(at - 5)).reduce((a, b) => a + b);
    for (const [dy, dx] of [
      [0, 0],
      [1, 0],
      [-3, 4],
      [5, 5],
      [6, 0],
      [0, -6],
    ] as const) {
      expect(blurred![(15 + dy) * size + 15 + dx]).toBeCloseTo((weight(dy) * weight(dx)) / total ** 2, 8);
    }
  });

  test('blur leaves a constant picture as it is, borders too, and accepts a kernel wider than the picture', () => {
    for (const spec of ['blur:3', 'blur:11', 'blur:1000001']) {
      const flat = channels(
        spec,
        prepared(5, 7, () => 0.7),
      );
      for (const value of flat.flat()) expect(value).toBeCloseTo(0.7, 6);
    }
  });

  test('noise covers 0–255, depends on the seed and on nothing else', () => {
    const square = prepared(64, 64, () => 0);
    const pixels = channels('noise', square, 7).map((plane, c) =>
      plane.map((value) => value * normalisation.std[c]! + normalisation.mean[c]!),
    );
    for (const plane of pixels) {
      const mean = plane.reduce((a, b) => a + b) / plane.length;
      const variance = plane.reduce((a, b) => a + (b - mean) ** 2, 0) / plane.length;
      expect(Math.abs(mean - 127.5)).toBeLessThan(5 * Math.sqrt(255 ** 2 / 12 / plane.length));
      expect(Math.sqrt(variance) / (255 / Math.sqrt(12))).toBeCloseTo(1, 1);
      expect(Math.min(...plane)).toBeGreaterThanOrEqual(-1e-3);
      expect(Math.max(...plane)).toBeLessThanOrEqual(255.001);
    }
    expect(channels('noise', square, 7)).toEqual(channels('noise', square, 7));
    expect(channels('noise', square, 7)).not.toEqual(channels('noise', square, 8));
  });

  test('lies in shared memory', () => {
    expect(baselineOf(0, ramp, 0).data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test.each(['', 'red', 'blur', 'blur:4', 'blur:1', '1,2', '1,2,256', '1,2,', 'NaN'])("refuses '%s'", (spec) => {
    expect(() => baselineOf(spec, ramp, 0)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });

  test('a colour is what normalising that colour gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 }), (rgb) => {
        const got = channels(rgb.join(','));
        expect(got).toEqual(rgb.map((pixel, c) => constant((pixel - normalisation.mean[c]!) / normalisation.std[c]!)));
      }),
    );
  });
});
