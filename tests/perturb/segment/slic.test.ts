import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { random } from '../../../dist/src/core/random.js';
import { grid } from '../../../dist/src/perturb/segment/grid.js';
import { slic } from '../../../dist/src/perturb/segment/slic.js';

const noise = (width: number, height: number, seed: number) => {
  const { integer } = random(seed);
  return { data: Uint8Array.from({ length: 3 * width * height }, () => integer(256)), width, height };
};
const flat = (width: number, height: number) => ({ data: new Uint8Array(3 * width * height).fill(120), width, height });

/** How many 4-connected pieces the label map has. */
function pieces(labels: Int32Array, width: number): number {
  const seen = new Set<number>();
  let count = 0;
  for (let start = 0; start < labels.length; start++) {
    if (seen.has(start)) continue;
    count++;
    for (const stack = [start]; stack.length > 0; ) {
      const at = stack.pop()!;
      if (seen.has(at)) continue;
      seen.add(at);
      const near = [at - width, at + width];
      if (at % width > 0) near.push(at - 1);
      if (at % width < width - 1) near.push(at + 1);
      stack.push(...near.filter((next) => next >= 0 && next < labels.length && labels[next] === labels[at]));
    }
  }
  return count;
}

function sizes(labels: Int32Array): number[] {
  const counts = new Array<number>(Math.max(...labels) + 1).fill(0);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

describe('slic', () => {
  test('labels are 0 … n − 1, every segment is one piece, none is tiny, on any picture', () => {
    const side = fc.integer({ min: 1, max: 40 });
    const cases = fc.record({
      width: side,
      height: side,
      seed: fc.nat(),
      segments: fc.integer({ min: 1, max: 80 }),
      compactness: fc.constantFrom(0, 1, 10, 1000),
      sigma: fc.constantFrom(0, 1, 3),
    });
    fc.assert(
      fc.property(cases, ({ width, height, seed, ...options }) => {
        const labels = slic(noise(width, height, seed), options);
        const counts = sizes(labels);
        expect(labels.length).toBe(width * height);
        expect(pieces(labels, width)).toBe(counts.length);
        const mean = (width * height) / Math.min(options.segments, width * height);
        if (counts.length > 1) expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.floor(mean / 3 / 1.25));
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(labels).toEqual(slic(noise(width, height, seed), options));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [1, 1],
    [2, 2],
    [7, 7],
    [49, 49],
    [60, 64],
    [100, 100],
  ])('a picture of one colour becomes a grid: %i segments asked for, %i given', (segments, given) => {
    const counts = sizes(slic(flat(120, 120), { segments }));
    expect(counts.length).toBe(given);
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.5);
  });

  test('thin and tiny pictures work', () => {
    expect([...slic(flat(1, 1))]).toEqual([0]);
    expect(sizes(slic(flat(600, 1)))).toHaveLength(60);
    expect(sizes(slic(flat(1, 600)))).toHaveLength(60);
    expect(sizes(slic(flat(3, 2)))).toHaveLength(6);
  });

  test('follows the edge between two colours', () => {
    const photo = flat(90, 90);
    const inDisc = (at: number) => Math.hypot((at % 90) - 40, Math.floor(at / 90) - 50) < 28;
    for (let at = 0; at < 8100; at++) if (inDisc(at)) photo.data.set([200, 60, 40], 3 * at);
    const labels = slic(photo, { segments: 40, sigma: 0 });
    const inside = new Set<number>();
    const outside = new Set<number>();
    for (const [at, label] of labels.entries()) (inDisc(at) ? inside : outside).add(label);
    expect([...inside].filter((label) => outside.has(label))).toEqual([]);
  });

  test('explains the colours of a photo far better than a grid, with about as many segments as asked for', async () => {
    const file = new URL('../../../examples/chelsea.png', import.meta.url).pathname;
    const data = new Uint8Array(await sharp(file).resize(224, 224, { fit: 'fill' }).removeAlpha().raw().toBuffer());
    const photo = { data, width: 224, height: 224 };
    for (const segments of [30, 60, 120, 240]) {
      const labels = slic(photo, { segments });
      const count = sizes(labels).length;
      expect(count / segments).toBeGreaterThan(0.7);
      expect(count / segments).toBeLessThan(1.4);
      expect(unexplained(data, labels)).toBeLessThan(0.6 * unexplained(data, grid(photo, segments)));
    }
  });

  test.each([{ segments: 0 }, { segments: 1.5 }, { compactness: 1001 }, { compactness: -1 }, { sigma: Number.NaN }])(
    'refuses %j',
    (options) => {
      expect(() => slic(flat(4, 4), options)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
    },
  );
});

/** The squared distance of all pixels from the mean colour of their segment. */
function unexplained(rgb: Uint8Array, labels: Int32Array): number {
  const counts = sizes(labels);
  const sums = counts.map(() => [0, 0, 0]);
  for (let at = 0; at < rgb.length; at++) sums[labels[Math.floor(at / 3)]!]![at % 3]! += rgb[at]!;
  const means = sums.map((sum, label) => sum.map((total) => total / counts[label]!));
  return rgb.reduce((error, value, at) => error + (value - means[labels[Math.floor(at / 3)]!]![at % 3]!) ** 2, 0);
}
