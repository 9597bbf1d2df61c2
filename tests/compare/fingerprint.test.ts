import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprintOf, hashOf, keptMeans, largestDifference } from '../../dist/src/compare/fingerprint.js';
import { encodeNpy } from '../../dist/src/core/npy.js';
import { attributionOf } from '../render/attribution.ts';

const map = (height: number, width: number, value: (y: number, x: number) => number) =>
  attributionOf(
    Array.from({ length: height * width }, (_, at) => value(Math.floor(at / width), at % width)),
    { shape: [height, width], inputSize: [height, width] },
  );

test('the hash is that of the numbers in the .npy file', () => {
  const data = new Float32Array([1.5, -2, 3e-8]);
  const file = encodeNpy({ data, shape: [3] });
  expect(hashOf(data)).toBe(createHash('sha256').update(file.subarray(-12)).digest('hex'));
});

test('a map of few cells is kept whole', () => {
  const few = map(5, 16, (y, x) => y - x / 4);
  expect(keptMeans(fingerprintOf(few))).toEqual(few.data);
});

test('of many cells the means of 16 × 16 blocks', () => {
  const means = keptMeans(fingerprintOf(map(32, 48, (y, x) => 100 * y + x)));
  expect(means).toHaveLength(256);
  // Rows 2 and 3, columns 3 to 5: 250 + 4.
  expect(means[16 + 1]).toBe(254);
});

test('where the blocks are not equal, every cell is in one of them', () => {
  const means = keptMeans(fingerprintOf(map(17, 20, (y) => (y === 16 ? 5 : 1))));
  expect(means.slice(0, 240).every((value) => value === 1)).toBe(true);
  // Of 17 rows the first block has two, the last one row 16 alone.
  expect(means.slice(240).every((value) => value === 5)).toBe(true);
});

test('segments are kept whole', () => {
  const segments = Int32Array.from({ length: 16 }, (_, at) => at % 3);
  const attribution = attributionOf([1, 2, 3], { shape: [3], segments });
  expect(keptMeans(fingerprintOf(attribution))).toEqual(new Float32Array([1, 2, 3]));
});

test('the largest difference is a share of the largest value', () => {
  expect(largestDifference(new Float32Array([1, -4, 2]), new Float32Array([1, -3, 2]))).toBe(0.25);
  expect(largestDifference(new Float32Array(2), new Float32Array(2))).toBe(0);
  expect(largestDifference(new Float32Array(2), new Float32Array([0, 1]))).toBe(Infinity);
});
