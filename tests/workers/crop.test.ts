/** Crops of maps in a worker's memory, against one number at a time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCellMemory } from '../../dist/src/workers/cell-memory.js';
import { packed, writeCrop } from '../../dist/src/workers/crop.js';

const span = (least: number, most: number, longest: number) =>
  fc
    .record({ from: fc.integer({ min: least, max: most }), length: fc.integer({ min: 1, max: longest }) })
    .map(({ from, length }) => ({ from, to: from + length }));
const cases = fc
  .record({
    channels: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 24 }),
    width: fc.integer({ min: 1, max: 24 }),
  })
  .chain(({ channels, height, width }) =>
    fc.record({
      shape: fc.constant([channels, height, width] as const),
      y: span(-3, height - 1, height + 6),
      x: span(-3, width - 1, width + 6),
      tall: span(0, height - 1, height),
      wide: span(0, width - 1, width),
    }),
  );

test('a crop has the patch, around it the map, and zeros outside of that', () => {
  const memory = createCellMemory();
  const isIn = (at: number, { from, to }: { from: number; to: number }) => at >= from && at < to;
  fc.assert(
    fc.property(cases, ({ shape: [channels, height, width], y, x, tall, wide }) => {
      const [map, patch] = [
        packed(memory.take(channels * height * width), { from: 0, to: height }, { from: 0, to: width }),
        { ...packed(0, tall, wide), start: memory.take(channels * (tall.to - tall.from) * (wide.to - wide.from)) },
      ];
      const crop = packed(memory.take(channels * (y.to - y.from) * (x.to - x.from) + 1), y, x);
      memory.view(map.start, channels * map.plane).forEach((_, at, values) => {
        values[at] = at + 1;
      });
      memory.view(patch.start, channels * patch.plane).forEach((_, at, values) => {
        values[at] = -at - 1;
      });
      const out = memory.view(crop.start, channels * crop.plane + 1).fill(0.5);
      writeCrop(memory, channels, map, patch, crop);
      let at = 0;
      for (let channel = 0; channel < channels; channel++) {
        for (let row = y.from; row < y.to; row++) {
          for (let column = x.from; column < x.to; column++) {
            const inMap = isIn(row, map.y) && isIn(column, map.x);
            const inPatch = inMap && isIn(row, tall) && isIn(column, wide);
            const from = inPatch ? patch : map;
            const place = channel * from.plane + (row - from.y.from) * from.row + column - from.x.from + 1;
            expect(out[at++]).toBe(inMap ? (inPatch ? -place : place) : 0);
          }
        }
      }
      expect(out[at]).toBe(0.5);
      for (const { start } of [map, patch, crop]) memory.give(start);
    }),
    { numRuns: 300 },
  );
});

test('memory that is given back is taken again, and what it holds survives that the memory grows', () => {
  const memory = createCellMemory();
  const first = memory.take(100);
  memory.view(first, 100).fill(7);
  const large = memory.take(10_000_000);
  expect(memory.view(first, 100)).toEqual(new Float32Array(100).fill(7));
  memory.give(large);
  expect(memory.take(9_000_000)).toBe(large);
  expect(memory.take(9_000_000)).not.toBe(large);
});
