import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pixelsOf } from '../../dist/src/core/pixels.js';

const normalisation = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

test('pixelsOf undoes the normalisation of any 8-bit pixels', () => {
  const pixels = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 18, maxLength: 18 });
  fc.assert(
    fc.property(pixels, (rgb) => {
      const data = Float32Array.from(rgb, (_, at) => {
        const channel = Math.floor(at / 6);
        return (rgb[3 * (at % 6) + channel]! - normalisation.mean[channel]!) / normalisation.std[channel]!;
      });
      expect(pixelsOf({ data, shape: [3, 2, 3] }, normalisation)).toEqual({
        data: Uint8Array.from(rgb),
        width: 3,
        height: 2,
      });
    }),
  );
});

test('pixelsOf cuts to 0–255, shows one channel as grey and the first three of more', () => {
  const one = { mean: [0], std: [1] };
  expect([...pixelsOf({ data: Float32Array.of(-7, 300.2, 9.6), shape: [1, 1, 3] }, one).data]).toEqual([
    0, 0, 0, 255, 255, 255, 10, 10, 10,
  ]);
  const four = { mean: [0, 0, 0, 0], std: [1, 1, 1, 1] };
  expect([...pixelsOf({ data: Float32Array.of(1, 2, 3, 4), shape: [4, 1, 1] }, four).data]).toEqual([1, 2, 3]);
});
