import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pixelsOf } from '../../dist/src/core/pixels.js';
import { type Preprocessing, preprocess } from '../../dist/src/image/preprocess.js';
import { IMAGENET } from '../../dist/src/image/preprocessing.js';

const photo = (width: number, height: number, pixel = (at: number) => (at * 37) % 256) => ({
  data: Uint8Array.from({ length: width * height * 3 }, (_, at) => pixel(at)),
  width,
  height,
});
const plain = { mean: [0, 0, 0], std: [1, 1, 1], resample: 'bilinear' } as const;

describe('preprocess', () => {
  test('says where the crop lies on the photo', () => {
    const { view, picture } = preprocess(photo(640, 360), IMAGENET);
    expect(picture.shape).toEqual([3, 224, 224]);
    const [x, y, width, height] = view.crop;
    // 360 → 256 makes 640 → int(455.1) = 455; (455 − 224) / 2 = 115.5 → 116 (to even), (256 − 224) / 2 = 16.
    expect(x).toBeCloseTo((116 * 640) / 455, 10);
    expect(y).toBeCloseTo((16 * 360) / 256, 10);
    expect(width).toBeCloseTo((224 * 640) / 455, 10);
    expect(height).toBeCloseTo((224 * 360) / 256, 10);
  });

  test('lies in shared memory, so that workers see it', () => {
    expect(preprocess(photo(8, 8), IMAGENET).picture.data.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('normalises each channel: (pixel − mean) / std', () => {
    const size = { width: 2, height: 1 };
    const { picture } = preprocess(
      photo(2, 1, (at) => at * 10),
      { ...IMAGENET, size, resize: { mode: 'none' } },
    );
    const wanted = [0, 30, 10, 40, 20, 50].map((pixel, at) => {
      const channel = Math.floor(at / 2);
      return (pixel - IMAGENET.mean[channel]!) / IMAGENET.std[channel]!;
    });
    for (const [at, value] of wanted.entries()) expect(picture.data[at]).toBeCloseTo(value, 6);
  });

  test('stretches to an exact size, and then the crop is the whole photo', () => {
    const size = { width: 5, height: 7 };
    const { view } = preprocess(photo(40, 30), { ...plain, size, resize: { mode: 'exact', ...size } });
    expect(view).toEqual({ width: 40, height: 30, crop: [0, 0, 40, 30] });
  });

  test('pads a photo that is smaller than the crop with black, as torchvision does', () => {
    const spec: Preprocessing = { ...plain, size: { width: 5, height: 2 }, resize: { mode: 'none' } };
    const { picture, view } = preprocess(
      photo(2, 3, () => 9),
      spec,
    );
    expect(Array.from(picture.data.slice(0, 10))).toEqual([0, 9, 9, 0, 0, 0, 9, 9, 0, 0]);
    expect(view.crop).toEqual([-1, 0, 5, 2]);
  });

  test('greyscale with one channel, in Pillow’s luma', () => {
    const grey = preprocess(
      photo(1, 1, (at) => [250, 100, 30][at]!),
      {
        ...plain,
        mean: [0],
        std: [1],
        size: { width: 1, height: 1 },
        resize: { mode: 'none' },
      },
    );
    expect(grey.picture.shape).toEqual([1, 1, 1]);
    // L = R · 299/1000 + G · 587/1000 + B · 114/1000 = 136.87
    expect(grey.picture.data[0]).toBe(137);
  });

  test('a photo 20,000 times as long as wide takes neither memory nor time', () => {
    const begin = performance.now();
    expect(preprocess(photo(1, 20_000), IMAGENET).picture.data.every(Number.isFinite)).toBe(true);
    expect(performance.now() - begin).toBeLessThan(3000);
  });

  test('keeps a flat photo flat, whatever the sizes and the filter', () => {
    const side = fc.integer({ min: 1, max: 90 });
    const resample = fc.constantFrom('nearest', 'bilinear', 'bicubic', 'lanczos', 'box', 'hamming');
    fc.assert(
      fc.property(side, side, side, side, resample, fc.nat(255), (width, height, length, crop, filter, value) => {
        const size = { width: Math.min(crop, length), height: Math.min(crop, length) };
        const spec = { ...plain, size, resize: { mode: 'shortest-edge', length }, resample: filter } as const;
        const { picture } = preprocess(
          photo(width, height, () => value),
          spec,
        );
        expect(picture.data.every((pixel) => pixel === value)).toBe(true);
      }),
    );
  });
});

test('pixelsOf undoes the normalisation', () => {
  const source = photo(9, 4);
  const { picture, normalisation } = preprocess(source, { ...IMAGENET, size: source, resize: { mode: 'none' } });
  expect(pixelsOf(picture, normalisation).data).toEqual(source.data);
  const grey = { data: new Float32Array([0, 1, -1, 300]), shape: [1, 2, 2] };
  expect(Array.from(pixelsOf(grey, { mean: [100], std: [50] }).data.slice(0, 9))).toEqual([
    100, 100, 100, 150, 150, 150, 50, 50, 50,
  ]);
  expect(pixelsOf(grey, { mean: [100], std: [50] }).data[9]).toBe(255);
});
