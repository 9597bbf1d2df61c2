import { expect, test } from 'vitest';
import { agreement } from '../../dist/src/index.js';
import { handMade, negative, PIXELS, scattered, shares } from './metrics/toys.ts';

const other = Float32Array.from({ length: PIXELS }, (_, at) => scattered(11 * at + 5));
const bee = { index: 1, label: 'bee', probability: 0.1 };

test('overlap of the strongest 5, 10 and 20 %', () => {
  // The strongest 26 pixels (a tenth) are the same, then all others are in reverse.
  const order = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!);
  const mixed = Float32Array.from(shares, () => 0);
  order.forEach((pixel, place) => {
    mixed[pixel] = place < 26 ? 1000 - place : place;
  });
  const { iou, iou10, iou5 } = agreement([handMade(shares), handMade(mixed)]);
  expect([iou5[0]![1], iou10[0]![1]]).toEqual([1, 1]);
  expect(iou[0]![1]).toBeCloseTo(26 / (2 * 51 - 26), 12);
  expect(iou[0]![0]).toBe(1);
});

test('families: pairs of one class within and between, CAMs among those with gradients', () => {
  const maps = [
    handMade(shares, { method: 'occlusion' }),
    handMade(negative(shares), { method: 'lime' }),
    handMade(shares, { method: 'grad-cam' }),
    handMade(shares, { method: 'saliency' }),
    handMade(other, { method: 'captum-ig' }),
    handMade(other, { method: 'rise', target: bee }),
  ];
  const { families, spearman } = agreement(maps);
  expect(families.perturbation).toBeCloseTo(-1, 12);
  expect(families.gradient).toBeCloseTo(1, 12);
  expect(families.between).toBeCloseTo(0, 12);
  expect(spearman[0]![5]).not.toBeCloseTo(0, 3);
  expect(agreement(maps.slice(0, 1)).families).toEqual({ perturbation: null, gradient: null, between: null });
});

test('classes: each method with itself', () => {
  const maps = [
    handMade(shares, { method: 'lime' }),
    handMade(shares, { method: 'lime', target: bee }),
    handMade(shares, { method: 'cam' }),
    handMade(
      shares.map(() => 1),
      { method: 'cam', target: bee },
    ),
  ];
  const { classes } = agreement(maps);
  expect(classes).toEqual([
    { method: 'lime', targets: [0, 1], spearman: expect.closeTo(1, 12) },
    { method: 'cam', targets: [0, 1], spearman: null },
  ]);
});
