import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { colourScale } from '../../dist/src/render/colour-scale.js';
import { placeOf } from '../../dist/src/render/scale.js';
import { attributionOf } from './attribution.js';

const sixteen = (values: number[]) => attributionOf([...values, ...Array(16 - values.length).fill(0)]);

describe('colourScale', () => {
  test('reaches its end where the sorted magnitudes add up to 98 %, as in captum', () => {
    // 1 + 2 + … + 9 = 45, and 1000 more. 98 % of 1045 is 1024.1: only the largest reaches it.
    expect(colourScale([sixteen([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000])])).toEqual({ sign: 'positive', low: 0, high: 1000 });
    // Without 60 %: 418, also the largest; without 96 %: 41.8, reached by 1 + … + 9 = 45.
    expect(colourScale([sixteen([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000])], { outlierPercentile: 96 }).high).toBe(9);
    expect(colourScale([sixteen([3, 1])], { outlierPercentile: 0 }).high).toBe(3);
  });

  test('is symmetric where there are negative values', () => {
    expect(colourScale([sixteen([-4, 1])])).toEqual({ sign: 'all', low: -4, high: 4 });
  });

  test('is symmetric for methods whose values have a sign, though those at hand do not show it', () => {
    const positive = (changes: object) => attributionOf([3, ...Array(15).fill(0)], changes);
    for (const method of ['occlusion', 'lrp', 'lime']) {
      expect(colourScale([positive({ method })])).toEqual({ sign: 'all', low: -3, high: 3 });
    }
    const squares = positive({ method: 'lrp', options: { noise: 'smoothgrad-sq' } });
    expect(colourScale([squares])).toEqual({ sign: 'positive', low: 0, high: 3 });
  });

  test('of gradients is that of magnitudes, or of the sum of their channels where a sign is asked for', () => {
    const data = [...sixteen([-4, 1]).data, ...sixteen([1, 2]).data];
    const gradient = attributionOf(data, { method: 'saliency', shape: [2, 4, 4], fold: 'magnitude' });
    expect(colourScale([gradient])).toEqual({ sign: 'absolute', low: 0, high: 4 });
    expect(colourScale([gradient], { sign: 'absolute' })).toEqual({ sign: 'absolute', low: 0, high: 4 });
    expect(colourScale([gradient], { sign: 'all' })).toEqual({ sign: 'all', low: -3, high: 3 });
    expect(colourScale([gradient], { sign: 'negative' })).toEqual({ sign: 'negative', low: 0, high: -3 });
    expect(colourScale([gradient], { sign: 'positive', outlierPercentile: 0 }).high).toBe(3);
  });

  test('shows what the sign asks for', () => {
    const attribution = sixteen([-4, 1]);
    expect(colourScale([attribution], { sign: 'positive' })).toEqual({ sign: 'positive', low: 0, high: 1 });
    expect(colourScale([attribution], { sign: 'negative' })).toEqual({ sign: 'negative', low: 0, high: -4 });
    expect(colourScale([attribution], { sign: 'absolute' })).toEqual({ sign: 'absolute', low: 0, high: 4 });
  });

  test('is shared: the weaker of two classes does not reach its end', () => {
    const scale = colourScale([sixteen([8]), sixteen([2])]);
    expect(placeOf(scale, 8)).toBe(1);
    expect(placeOf(scale, 2)).toBe(0.25);
  });

  test('of nothing is zero', () => {
    const scale = colourScale([sixteen([])]);
    expect(scale).toEqual({ sign: 'positive', low: 0, high: 0 });
    expect(placeOf(scale, 0)).toBe(0);
  });

  test.each([-1, 101, Number.NaN])('refuses the percentile %d', (outlierPercentile) => {
    expect(() => colourScale([sixteen([1])], { outlierPercentile })).toThrow(
      'outlierPercentile: expected a number from 0 to 100',
    );
  });
});

describe('placeOf', () => {
  test('stays from 0 to 1 and rises with what the sign shows', () => {
    const sign = fc.constantFrom('all', 'positive', 'negative', 'absolute');
    const value = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(sign, value, value, (shown, a, b) => {
        const scale = colourScale([sixteen([-3, 5])], { sign: shown });
        for (const one of [a, b]) expect(placeOf(scale, one)).toSatisfy((place: number) => place >= 0 && place <= 1);
        const key = {
          all: (x: number) => x,
          positive: (x: number) => x,
          negative: (x: number) => -x,
          absolute: Math.abs,
        }[shown];
        if (key(a) <= key(b)) expect(placeOf(scale, a)).toBeLessThanOrEqual(placeOf(scale, b));
      }),
    );
  });

  test('zero is the middle of a scale with a sign', () => {
    expect(placeOf({ sign: 'all', low: -2, high: 2 }, 0)).toBe(0.5);
    expect(placeOf({ sign: 'all', low: 0, high: 0 }, 0)).toBe(0.5);
  });
});
