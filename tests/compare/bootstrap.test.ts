import { expect, test } from 'vitest';
import { bootstrapMean } from '../../dist/src/compare/bootstrap.js';
import { random } from '../../dist/src/core/random.js';

test('of one value, and of equal ones, the interval is the value', () => {
  expect(bootstrapMean([0.3], 0)).toEqual({ mean: 0.3, low: 0.3, high: 0.3, count: 1 });
  expect(bootstrapMean([2, 2, 2], 1)).toEqual({ mean: 2, low: 2, high: 2, count: 3 });
});

test('a coin: the mean of n draws is binomial, whose quantiles are known', () => {
  // Of 4 with 1/4: P(0) = 0.316, P(≤ 2) = 0.949, P(≤ 3) = 0.996.
  expect(bootstrapMean([0, 0, 0, 1], 0)).toMatchObject({ mean: 0.25, low: 0, high: 0.75 });
  // Of 2 with 1/2: P(0) = P(2) = 0.25.
  expect(bootstrapMean([0, 1], 0)).toMatchObject({ low: 0, high: 1 });
});

test('of many normal values: close to mean ± 1.96 standard errors', () => {
  const { normal } = random(5);
  const values = Array.from({ length: 400 }, normal);
  const { mean, low, high } = bootstrapMean(values, 0);
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 400;
  expect((mean - low) / error).toBeGreaterThan(1.8);
  expect((mean - low) / error).toBeLessThan(2.12);
  expect((high - mean) / error).toBeGreaterThan(1.8);
  expect((high - mean) / error).toBeLessThan(2.12);
});

test('drawn by the seed', () => {
  const values = Array.from({ length: 30 }, random(1).normal);
  expect(bootstrapMean(values, 3)).toEqual(bootstrapMean(values, 3));
  expect(bootstrapMean(values, 3)).not.toEqual(bootstrapMean(values, 4));
});
