/** Metrics that run the model, where the figures are known in closed form. */
import { describe, expect, test } from 'vitest';
import { fromFunction, type Measured, measure } from '../../../dist/src/index.js';
import { BIAS, handMade, image, linear, negative, PIXELS, picture, SIDE, shares, WHOLE } from './toys.ts';

async function measured(metric: string, ...maps: ArrayLike<number>[]): Promise<Measured[]> {
  const found = await measure(
    linear,
    image,
    maps.map((map) => handMade(map)),
    { metrics: [metric] },
  );
  return found.map(({ metrics }) => Object.values(metrics!)[0]!);
}

/** Where pixel number `at` comes in a map's order, the strongest first, of equals the first. */
const placeOf = (map: ArrayLike<number>, at: number) =>
  Array.from(map).filter((value, other) => value > map[at]! || (value === map[at] && other < at)).length;

/** A pixel is there in full until its turn and gone after it: it counts for (place + ½) / n of the area. */
const deletionArea = (map: ArrayLike<number>) =>
  shares.reduce((area, share, at) => area + (share * (placeOf(map, at) + 0.5)) / PIXELS, BIAS);
const insertionArea = (map: ArrayLike<number>) =>
  shares.reduce((area, share, at) => area + (share * (PIXELS - placeOf(map, at) - 0.5)) / PIXELS, BIAS);

const ties = shares.map((_, at) => Number(at % 5 === 0));

describe.each([
  ['deletion:step=1', deletionArea],
  ['insertion:step=1,substrate=zero', insertionArea],
])('%s', (metric, area) => {
  test('of a map that ranks perfectly, its reverse and one with ties is the area in closed form', async () => {
    const maps = [shares, negative(shares), ties];
    const found = await measured(metric, ...maps);
    found.forEach(({ value }, at) => expect(value).toBeCloseTo(area(maps[at]!), 6));
    const [perfect, reversed, tied] = found;
    const sign = perfect!.better === 'lower' ? 1 : -1;
    expect(sign * perfect!.value!).toBeLessThan(sign * tied!.value!);
    expect(sign * tied!.value!).toBeLessThan(sign * reversed!.value!);
  });

  test('random maps have half of what the pixels add, on average', async () => {
    const [{ random, spread }] = (await measured(metric, shares)) as [Measured];
    expect(spread).toBeGreaterThan(0);
    expect(Math.abs(random! - (BIAS + WHOLE) / 2)).toBeLessThan(2 * spread! + 1e-3);
  });

  test('keeps the curve, from one end to the other', async () => {
    const [{ curve }] = (await measured(metric.replace('step=1', 'step=100'), shares)) as [Measured];
    expect(curve!.share).toEqual([0, 100 / PIXELS, 200 / PIXELS, 1]);
    const [start, end] = metric.startsWith('deletion') ? [WHOLE, BIAS] : [BIAS, WHOLE];
    expect(curve!.score[0]).toBeCloseTo(start, 6);
    expect(curve!.score[3]).toBeCloseTo(end, 6);
  });
});

test('the substrate stands where pixels are taken away', async () => {
  const mean = picture.reduce((sum, value) => sum + value, 0) / PIXELS;
  const [{ curve }] = (await measured('deletion:substrate=mean', shares)) as [Measured];
  const grey = shares.reduce((sum, share, at) => sum + (share / picture[at]!) * mean, BIAS);
  expect(curve!.score.at(-1)).toBeCloseTo(grey, 6);
});

test('average drop and increase: the linear model through the map', async () => {
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const masked = shares.reduce((sum, share) => sum + (share * (share - least)) / (most - least), BIAS);
  const [drop] = (await measured('average-drop', shares)) as [Measured];
  expect(drop.value).toBeCloseTo((WHOLE - masked) / WHOLE, 6);
  expect(drop.random).toBeGreaterThan(0);
  const [increase] = (await measured('increase', shares)) as [Measured];
  expect(increase).toMatchObject({ value: 0, random: 0 });
  const forBee = handMade(shares, { target: { index: 1, label: 'bee', probability: 1 - WHOLE } });
  const [bee] = await measure(linear, image, [forBee], { metrics: ['increase', 'average-drop'] });
  expect(bee!.metrics).toMatchObject({ increase: { value: 1, random: 1 }, 'average-drop': { value: 0, random: 0 } });
});

test('average drop of a map that speaks for no pixel has no value but a reason', async () => {
  const [{ value, reason }] = (await measured('average-drop', negative(shares))) as [Measured];
  expect([value, reason]).toEqual([null, expect.stringContaining('no pixel of the map speaks')]);
});

test('infidelity: 0 for what each pixel adds, in any unit; 1 for the reverse', async () => {
  const [exact, scaled, reversed, tied] = await measured(
    'infidelity',
    shares,
    shares.map((share) => 7 * share),
    negative(shares),
    ties,
  );
  expect(exact!.value).toBeLessThan(1e-9);
  expect(scaled!.value).toBeLessThan(1e-9);
  expect(reversed!.value).toBe(1);
  expect(tied!.value).toBeGreaterThan(0.01);
  expect(exact!.random).toBeGreaterThan(0.001);
});

/** Half of the picture decides: the class wins where the left half's sum is above a bound. */
const bounded = fromFunction(
  async ({ data, shape: [count = 0] }) =>
    Array.from({ length: count }, (_, row) => {
      const pixels = data.subarray(row * PIXELS, (row + 1) * PIXELS);
      return [pixels.reduce((sum, value, at) => sum + (at % SIDE < SIDE / 2 ? value : 0), 0), PIXELS / 8];
    }),
  { size: SIDE, channels: 1, labels: ['left', 'bound'] },
);
const ones = { tensor: { data: new Float32Array(PIXELS).fill(1), shape: [1, 1, SIDE, SIDE] } };
const [left] = [handMade([])].map(({ target }) => ({ ...target, label: 'left', probability: 1 }));
const side = (isLeft: boolean) =>
  Float32Array.from({ length: PIXELS }, (_, at) => Number(at % SIDE < SIDE / 2 === isLeft));

test('sufficiency: so many pixels of the half that decides, and all of the other before them', async () => {
  const attributions = [side(true), side(false)].map((map) => handMade(map, { target: left! }));
  const [right, wrong] = await measure(bounded, ones, attributions, { metrics: ['sufficiency:step=1'] });
  // A quarter of the half would only draw with the bound, which is not above it: the class keeps its place.
  expect(right!.metrics!.sufficiency!.value).toBe(1 / 8);
  expect(wrong!.metrics!.sufficiency!.value).toBe(1 / 2 + 1 / 8);
  expect(right!.metrics!.sufficiency!.random).toBeGreaterThan(1 / 8);
});

test('sufficiency of a class that an empty picture keeps has no value but a reason', async () => {
  const target = { index: 1, label: 'bee', probability: 1 - WHOLE };
  const [found] = await measure(linear, image, [handMade(shares, { target })], { metrics: ['sufficiency'] });
  expect(found!.metrics!.sufficiency).toMatchObject({
    value: null,
    reason: expect.stringContaining('no pixel is left'),
  });
  expect(found!.warnings).toEqual([expect.stringMatching(/^sufficiency of by-hand of bee: no value, as /)]);
});
