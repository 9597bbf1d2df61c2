import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grid } from '../../../dist/src/perturb/segment/grid.js';

describe('grid', () => {
  test('of a square number divides a square evenly', () => {
    expect([...grid({ height: 4, width: 4 }, 4)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });

  test('has exactly as many rectangles as asked for, or one per pixel', () => {
    const side = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 200 }), (height, width, segments) => {
        const labels = grid({ height, width }, segments);
        const boxes = new Map<number, { rows: Set<number>; columns: Set<number>; area: number }>();
        labels.forEach((label, at) => {
          const box = boxes.get(label) ?? { rows: new Set(), columns: new Set(), area: 0 };
          box.rows.add(Math.floor(at / width));
          box.columns.add(at % width);
          boxes.set(label, { ...box, area: box.area + 1 });
        });
        expect([...boxes.keys()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: Math.min(segments, height * width) }, (_, at) => at),
        );
        for (const { rows, columns, area } of boxes.values()) expect(area).toBe(rows.size * columns.size);
      }),
    );
  });
});
