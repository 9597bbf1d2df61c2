/** What cannot be measured is said in a sentence, never a silent 0 or 1. */
import { expect, test } from 'vitest';
import { METRICS } from '../../../dist/src/compare/metrics.js';
import { measure } from '../../../dist/src/index.js';
import { handMade, image, linear, picture, SIDE, shares } from './toys.ts';

const metrics = ['deletion'];
const boxes = [{ box: [0, 0, 4, 4] }] as const;

test('a constant map has no value in any metric, and a sentence', async () => {
  const constant = handMade(shares.map(() => 0.5));
  const [found, other] = await measure(linear, image, [constant, handMade(shares)], { metrics: ['all'], boxes });
  expect(Object.keys(found!.metrics!)).toEqual(METRICS.map(({ name }) => name));
  for (const { value, reason } of Object.values(found!.metrics!)) {
    expect([value, reason]).toEqual([null, expect.stringContaining('the same everywhere')]);
  }
  expect(found!.warnings).toEqual([expect.stringContaining('of by-hand of ant: no value, as the map is the same')]);
  expect(other!.metrics!.deletion!.value).not.toBeNull();
});

test('a map with NaN or infinity is refused by name', async () => {
  for (const wrong of [Number.NaN, Infinity]) {
    const call = measure(linear, image, [handMade(shares.with(3, wrong))], { metrics });
    await expect(call).rejects.toMatchObject({
      code: 'ERR_NOT_FINITE',
      message: expect.stringContaining('by-hand of ant'),
    });
  }
});

test('attributions of another picture, part or size are refused', async () => {
  const other = { tensor: { data: picture.map((value) => value / 2), shape: [1, 1, SIDE, SIDE] } };
  await expect(measure(linear, other, [handMade(shares)], { metrics })).rejects.toThrow(
    'by-hand of ant: expected an attribution of this picture by this model, received one made where the class has a probability of',
  );
  const view = { width: 20, height: SIDE, crop: [2, 0, SIDE, SIDE] } as const;
  const elsewhere = measure(linear, image, [handMade(shares, { view })], { metrics });
  await expect(elsewhere).rejects.toThrow('received one made of another part or size');
  const small = measure(linear, image, [handMade([1, 2, 3, 4], { shape: [2, 2], inputSize: [8, 8] })], { metrics });
  await expect(small).rejects.toThrow('expected a map for 16 × 16 pixels, received 8 × 8');
});

test.each([
  ['deletoin', /metric: expected one of deletion, insertion/],
  ['deletion:steps=3', /metric deletion: expected one of its options step, substrate, received 'steps'/],
  ['increase:step=3', /metric increase: expected no options/],
  ['deletion:step=none', /step: expected a number/],
  ['deletion:step=0', /step: expected a whole number from 1 to 256/],
  ['deletion:substrate=black', /substrate: expected one of zero, mean, blur/],
  ['infidelity:samples=0', /samples: expected a whole number/],
])('%s is refused', async (metric, sentence) => {
  const call = measure(linear, image, [handMade(shares)], { metrics: [metric] });
  await expect(call).rejects.toMatchObject({ code: 'ERR_OPTION', message: expect.stringMatching(sentence) });
});

test('one metric twice is refused', async () => {
  const call = measure(linear, image, [handMade(shares)], { metrics: ['deletion', 'Deletion:step=9'] });
  await expect(call).rejects.toThrow('each metric once');
});
