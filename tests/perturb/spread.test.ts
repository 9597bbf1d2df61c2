import { describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import {
  deviations,
  doubt,
  freedomGiven,
  groupOf,
  groupStarts,
  standardErrors,
} from '../../dist/src/perturb/spread.js';

describe('groups', () => {
  test('are consecutive, nearly even, and keep samples 0 and 1, 2 and 3, … together', () => {
    for (const samples of [4, 7, 40, 55, 1000]) {
      const groups = Array.from({ length: samples }, (_, at) => groupOf(at, samples));
      expect(groups).toEqual(groups.toSorted((a, b) => a - b));
      for (let at = 0; at + 1 < samples; at += 2) expect(groups[at]).toBe(groups[at + 1]);
      const starts = groupStarts(samples);
      expect(starts[0]).toBe(0);
      expect(starts.at(-1)).toBe(samples);
      const sizes = starts.slice(1).map((end, group) => end - starts[group]!);
      expect(sizes).toHaveLength(Math.min(20, Math.floor(samples / 2)));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(3);
    }
    expect(groupStarts(3)).toEqual([0]);
  });
});

describe('standard errors', () => {
  test('of a mean are those of statistics, whatever the mean and the number of samples', () => {
    for (const samples of [203, 1000]) {
      const squares = Array.from({ length: 400 }, (_, run) => {
        const { normal } = random(run);
        const starts = groupStarts(samples);
        const draws = Float64Array.from({ length: samples }, () => 5 + 2 * normal());
        const parts = starts.slice(1).map((end, group) => {
          const members = draws.subarray(starts[group], end);
          return Float64Array.of(members.reduce((sum, draw) => sum + draw, 0) / samples);
        });
        return standardErrors(deviations(parts, samples))![0]! ** 2;
      });
      const variance = squares.reduce((sum, square) => sum + square, 0) / squares.length;
      expect(variance / (4 / samples)).toBeGreaterThan(0.93);
      expect(variance / (4 / samples)).toBeLessThan(1.07);
    }
  });

  test('are not known from too few samples, nor where a fit uses them up', () => {
    expect(standardErrors(deviations([], 3))).toBeUndefined();
    expect(freedomGiven([Float64Array.of(1)], 10, 10)).toEqual([]);
    expect(freedomGiven([Float64Array.of(1)], 12, 9)).toEqual([Float64Array.of(2)]);
  });
});

describe('doubt', () => {
  const error = (...rows: number[][]) => rows.map((row) => Float64Array.from(row));
  test('is the probability that two values are in the wrong order', () => {
    expect(doubt(Float64Array.of(1, 0), error([1, 0]))).toBeCloseTo(0.158655, 6);
    expect(doubt(Float64Array.of(0, 1.959964), error([0.6, 0], [0, 0.8]))).toBeCloseTo(0.025, 6);
    expect(doubt(Float64Array.of(0, 0), error([1, 0]))).toBeCloseTo(0.5, 6);
  });

  test('does not count what both values share, nor values that are known', () => {
    expect(doubt(Float64Array.of(1, 0), error([9, 9]))).toBe(0);
    expect(doubt(Float64Array.of(0, 0), error([0, 0]))).toBe(0);
    expect(doubt(Float64Array.of(1), error([3]))).toBe(0);
    expect(doubt(Float64Array.of(1, 2), [])).toBe(0.5);
  });

  test('looks at pairs with one of the five strongest alone', () => {
    const values = Float64Array.from({ length: 8 }, (_, at) => (at < 5 ? 100 - at : 1));
    const rows = Array.from({ length: 3 }, (_, at) =>
      Float64Array.from(values, (_, segment) => Number(segment === 5 + at)),
    );
    expect(doubt(values, rows)).toBeLessThan(1e-9);
  });
});
