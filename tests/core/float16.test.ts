import { describe, expect, test } from 'vitest';
import { fromFloat16, toFloat16 } from '../../dist/src/core/float16.js';

const bitsOf = (...values: number[]) => [...toFloat16(Float32Array.from(values))];
const LARGEST = 0x7bff;

describe('float16', () => {
  test('gives every number back', () => {
    for (let bits = 0; bits <= 0xffff; bits++) {
      const value = fromFloat16(bits);
      if (Number.isNaN(value)) expect(bits & 0x7fff).toBeGreaterThan(0x7c00);
      else expect(bitsOf(value)).toEqual([bits]);
    }
  });

  test('rounds to the nearest number, and half-way to the even one', () => {
    for (let bits = 0; bits < LARGEST; bits++) {
      const [below, above] = [fromFloat16(bits), fromFloat16(bits + 1)];
      const step = above - below;
      const even = bits + (bits & 1);
      const wanted = [bits, even, bits + 1];
      expect(bitsOf(below + 0.499 * step, (below + above) / 2, below + 0.501 * step)).toEqual(wanted);
      const negative = [below + 0.499 * step, (below + above) / 2, below + 0.501 * step].map((value) => -value);
      expect(bitsOf(...negative)).toEqual(wanted.map((half) => half | 0x8000));
    }
  });

  test('has the ends of IEEE 754', () => {
    expect(fromFloat16(LARGEST)).toBe(65504);
    expect(fromFloat16(1)).toBe(2 ** -24);
    expect(bitsOf(65519.99, 65520, 1e30, Infinity, -Infinity)).toEqual([LARGEST, 0x7c00, 0x7c00, 0x7c00, 0xfc00]);
    expect(bitsOf(2 ** -25, 1.001 * 2 ** -25, 1e-40, 0, -0)).toEqual([0, 1, 0, 0, 0x8000]);
    expect(fromFloat16(bitsOf(Number.NaN)[0]!)).toBeNaN();
  });
});
