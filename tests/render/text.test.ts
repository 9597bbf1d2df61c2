import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { formatCount, formatNumber, formatProbability, formatSeconds } from '../../dist/src/render/format-number.js';
import { fitText, textPath, textWidth } from '../../dist/src/render/text.js';

const style = { size: 16 };

/** The box of dark pixels of a drawing of 200 × 60. */
async function ink(content: string) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><rect width="200" height="60" fill="#fff"/>${content}</svg>`;
  const { data } = await sharp(Buffer.from(svg)).greyscale().raw().toBuffer({ resolveWithObject: true });
  const dark = Array.from(data).flatMap((value, at) => (value < 128 ? [{ x: at % 200, y: Math.floor(at / 200) }] : []));
  const [xs, ys] = [dark.map(({ x }) => x), dark.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs) + 1, top: Math.min(...ys), bottom: Math.max(...ys) + 1 };
}

describe('text', () => {
  test('stands on its baseline, as high as the font’s capitals (698 of 1000)', async () => {
    const { top, bottom } = await ink(textPath('HEX', 20, 40, { size: 30 }));
    expect(bottom).toBe(40);
    expect(Math.abs(40 - 0.698 * 30 - top)).toBeLessThanOrEqual(1);
  });

  test('begins, is centred or ends at x', async () => {
    const [start, middle, end] = await Promise.all(
      (['start', 'middle', 'end'] as const).map((anchor) => ink(textPath('HIH', 100, 40, { ...style, anchor }))),
    );
    expect(start!.left).toBeGreaterThanOrEqual(100);
    expect(start!.left).toBeLessThan(104);
    expect(Math.abs((middle!.left + middle!.right) / 2 - 100)).toBeLessThanOrEqual(1);
    expect(end!.right).toBeLessThanOrEqual(100);
    expect(end!.right).toBeGreaterThan(96);
  });

  test('every number in an outline is finite, wherever the text stands', () => {
    const place = fc.double({ min: 0, max: 3000, noNaN: true });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), place, place, (text, x, y) => {
        expect(textPath(text, x, y, style)).toMatch(/^<path fill="#1a1a1a" d="[MLQCZ\d. -]*"\/>$/);
      }),
    );
    // The place at which opentype.js' own writer gives NaN.
    expect(textPath('tabby, tabby cat', 24, 343, { size: 13 })).not.toContain('NaN');
  });

  test('semibold is wider', () => {
    expect(textWidth('Integrated Gradients', { ...style, weight: 'semibold' })).toBeGreaterThan(
      textWidth('Integrated Gradients', style),
    );
  });

  test('fitText cuts with an ellipsis, and only where it must', () => {
    expect(fitText('cat', 100, style)).toBe('cat');
    const cut = fitText('great white shark, white shark, man-eater', 100, style);
    expect(cut).toMatch(/^great.*…$/);
    expect(textWidth(cut, style)).toBeLessThanOrEqual(100);
  });
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [0.3161, '0.316'],
    [-4.1, '−4.1'],
    [12.345, '12.3'],
    [1234, '1230'],
    [3e-11, '3.0e-11'],
    [-2.5e-7, '−2.5e-7'],
    [1.5e7, '1.5e7'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));

  test.each([
    [1, '100 %'],
    [0.931, '93.1 %'],
    [0.06, '6.0 %'],
    [0.0031, '0.31 %'],
    [3e-11, '3.0e-11'],
    [0, '0 %'],
    [0.99996, '99.996 %'],
    [0.99995, '99.995 %'],
  ])('probability %d is %s', (value, text) => expect(formatProbability(value)).toBe(text));

  test('a probability below one never reads as one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 1 - 1e-9, noNaN: true }), (probability) => {
        expect(Number.parseFloat(formatProbability(probability))).toBeLessThan(100);
      }),
    );
  });

  test.each([
    [0.0414, '0.04 s'],
    [1.93, '1.9 s'],
    [24.2, '24 s'],
    [9.98, '10 s'],
    [200, '3 min 20 s'],
  ])('%d s is %s', (value, text) => {
    expect(formatSeconds(value)).toBe(text);
  });

  test('thousands', () => expect(formatCount(12345)).toBe('12,345'));
});
