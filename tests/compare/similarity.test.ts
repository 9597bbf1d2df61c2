import { describe, expect, test } from 'vitest';
import { iou, pearson, ranks, ssim, topPixels, unitScaled } from '../../dist/src/compare/similarity.js';

const spearman = (x: number[], y: number[]) => pearson(ranks(x), ranks(y));
const similar = (x: number[], y: number[]) => ssim(unitScaled(x), unitScaled(y), height, width);
const overlap = (x: number[], y: number[]) => iou(topPixels(x, 0.2), topPixels(y, 0.2));

const height = 20;
const width = 17;
const index = Array.from({ length: height * width }, (_, at) => at);
// Python rounds halves to even; none of these values is a half.
const a = index.map((i) => Math.round(Math.sin(i * 0.7) * 5) + (i % 7));
const b = index.map((i) => Math.round(Math.cos(i * 0.3) * 4) + ((i * i) % 5));

test('ranks share their mean where values are equal', () => {
  expect([...ranks([10, 30, 20, 30])]).toEqual([0, 2.5, 1, 2.5]);
});

describe('against SciPy and scikit-image on the same two maps', () => {
  test('spearman', () => expect(spearman(a, b)).toBeCloseTo(0.005309861718411215, 12));
  test('pearson', () => expect(pearson(a, b)).toBeCloseTo(0.0032578938856734764, 12));
  test('structural similarity', () => expect(similar(a, b)).toBeCloseTo(-0.043395579636895464, 10));
});

test('a map agrees wholly with itself and with what has the same order', () => {
  const cubed = a.map((value) => value ** 3);
  expect(spearman(a, cubed)).toBeCloseTo(1, 12);
  expect(pearson(a, a)).toBeCloseTo(1, 12);
  expect(similar(a, a)).toBeCloseTo(1, 12);
  expect(overlap(a, cubed)).toBe(1);
});

test('the strongest fifths of reversed maps do not meet', () => {
  expect(
    overlap(
      index,
      index.map((i) => -i),
    ),
  ).toBe(0);
});

test('a correlation with a constant map is not defined', () => {
  expect(
    pearson(
      a,
      index.map(() => 1),
    ),
  ).toBeNaN();
});
