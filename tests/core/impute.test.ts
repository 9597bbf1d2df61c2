import { expect, test } from 'vitest';
import { impute } from '../../dist/src/core/impute.js';
import { scattered } from '../compare/metrics/toys.ts';

const [height, width] = [37, 50];
const plane = height * width;
const values = Float32Array.from({ length: 2 * plane }, (_, at) => 4 * scattered(at) - 2);
const fill = (missing: Uint8Array) => {
  const filled = values.slice();
  impute(filled, { height, width, missing });
  return filled;
};
const gaps = (isMissing: (y: number, x: number) => boolean) =>
  Uint8Array.from({ length: plane }, (_, at) => Number(isMissing(Math.floor(at / width), at % width)));

/** The largest difference of a missing pixel from the weighted mean of its neighbours. */
function largestError(filled: Float32Array, missing: Uint8Array): number {
  let largest = 0;
  for (let at = 0; at < filled.length; at++) {
    if (missing[at % plane] === 0) continue;
    const [y, x] = [Math.floor((at % plane) / width), at % width];
    let [sum, total] = [0, 0];
    for (const [dy, dx] of [
      [-1, -1],
      [-1, 0],
      [-1, 1],
      [0, -1],
      [0, 1],
      [1, -1],
      [1, 0],
      [1, 1],
    ] as const) {
      if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) continue;
      const weight = dy * dx === 0 ? 1 / 6 : 1 / 12;
      total += weight;
      sum += weight * filled[at - (at % plane) + (y + dy) * width + x + dx]!;
    }
    largest = Math.max(largest, Math.abs(filled[at]! - sum / total));
  }
  return largest;
}

test.each([
  ['a block', gaps((y, x) => y > 5 && y < 30 && x > 10 && x < 44)],
  ['all but one pixel', gaps((y, x) => y !== 3 || x !== 7)],
  ['scattered pixels', gaps((y, x) => scattered(y * width + x) < 0.6)],
  ['a corner', gaps((y, x) => y < 9 && x < 4)],
])('each pixel of %s becomes the mean of its neighbours, and known ones stay', (_, missing) => {
  const filled = fill(missing);
  expect(largestError(values, missing)).toBeGreaterThan(0.5);
  expect(largestError(filled, missing)).toBeLessThan(2e-4);
  filled.forEach((value, at) => {
    if (missing[at % plane] === 0) expect(value).toBe(values[at]);
  });
});

test('a pixel that is known by itself is what all others become', () => {
  const filled = fill(gaps((y, x) => y !== 3 || x !== 7));
  const known = values[3 * width + 7]!;
  expect(filled.subarray(0, plane).every((value) => Math.abs(value - known) < 1e-2 * Math.abs(known))).toBe(true);
});

test('nothing missing: as it was; all missing: zeros', () => {
  expect(fill(gaps(() => false))).toEqual(values);
  expect(fill(gaps(() => true)).every((value) => value === 0)).toBe(true);
});
