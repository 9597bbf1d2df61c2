import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refined } from '../../dist/src/perturb/refinement.js';
import { scattered } from './toys.ts';

/** Refines functions of a place, and says what was asked in each round. */
async function refine(
  rows: number,
  columns: number,
  [down, across]: [number, number],
  truths: ((at: number) => number)[],
) {
  const asked: number[][] = [];
  const shown: number[] = [];
  const measure = async (places: readonly number[]) => {
    asked.push([...places]);
    return truths.map((truth) => Float64Array.from(places, truth));
  };
  const found = await refined({ rows, columns }, { down, across }, truths.length, measure, (soFar) => {
    shown.push(soFar.measured.length);
    expect(soFar.values.every((values) => values.every(Number.isFinite))).toBe(true);
  });
  return { ...found, asked, shown };
}

test('worked by hand: one corner of nine places is another', async () => {
  // 0 . 0      The middle has corners of 0, 0, 0 and 9, and is measured. Of the edges those beside the 9 are,
  // . 0 .      between 0, 0 and 0 the others are not.
  // 0 . 9
  const { values, measured, asked, shown } = await refine(3, 3, [2, 2], [(at) => [0, 5, 0, 5, 0, 6, 0, 7, 9][at]!]);
  expect(asked).toEqual([[0, 2, 6, 8], [4], [5, 7]]);
  expect(values).toEqual([Float64Array.of(0, 0, 0, 0, 0, 6, 0, 7, 9)]);
  expect(measured).toEqual([0, 2, 6, 8, 4, 5, 7]);
  expect(shown).toEqual([4, 5]);
});

test('what is not measured is a mean, the nearer the heavier', async () => {
  // Rows 0, 2 and 3 are known: row 1 is in the middle between two, but the lone column has no middles of four.
  const { values } = await refine(4, 1, [2, 1], [(at) => [10, 99, 10.5, 40][at]!]);
  expect(values[0]![1]).toBe(10.25);
  // Between the lines 4 and 5 of 6 nothing lies: the last step is shorter.
  const { values: wide, asked } = await refine(1, 6, [1, 4], [(at) => [0, 50, 1, 50, 1, 30][at]!]);
  expect(asked).toEqual([[0, 4, 5]]);
  expect(Array.from(wide[0]!)).toEqual([0, 0.25, 0.5, 0.75, 1, 30]);
});

test('every place is measured at most once, the first ones always, and keeps what was measured', async () => {
  const sides = fc.integer({ min: 1, max: 21 });
  const steps = fc.constantFrom(1, 2, 4, 8);
  await fc.assert(
    fc.asyncProperty(sides, sides, steps, steps, fc.nat(99), async (rows, columns, down, across, seed) => {
      const truth = (at: number) => scattered(at * 3 + seed) ** 5;
      const { values, measured, asked } = await refine(rows, columns, [down, across], [truth]);
      const isFirst = (at: number, count: number, step: number) => at % step === 0 || at === count - 1;
      const first = Array.from({ length: rows * columns }, (_, at) => at).filter(
        (at) => isFirst(Math.floor(at / columns), rows, down) && isFirst(at % columns, columns, across),
      );
      expect(asked[0]).toEqual(first);
      expect(new Set(measured).size).toBe(measured.length);
      for (const at of measured) expect(values[0]![at]).toBe(truth(at));
      expect(Math.max(...values[0]!)).toBeLessThanOrEqual(1);
      expect(values[0]).not.toContain(Number.NaN);
    }),
    { numRuns: 200 },
  );
});

test('a constant is known from its first places, and steps of 1 measure all', async () => {
  expect((await refine(9, 9, [4, 4], [() => 7])).measured).toHaveLength(9);
  expect((await refine(9, 9, [4, 4], [() => 7])).values[0]).toEqual(new Float64Array(81).fill(7));
  expect((await refine(3, 5, [1, 1], [scattered])).asked).toEqual([Array.from({ length: 15 }, (_, at) => at)]);
});

test('what one target asks for all get', async () => {
  const flat = () => 1;
  const { values, measured } = await refine(9, 9, [4, 4], [flat, scattered]);
  const alone = await refine(9, 9, [4, 4], [scattered]);
  expect(measured).toEqual(alone.measured);
  expect(values).toEqual([new Float64Array(81).fill(1), alone.values[0]]);
});
