/** What the closing paragraph says, each claim made by a case that calls for it, and left out by one that does not. */
import { expect, test } from 'vitest';
import { summary } from '../../dist/src/compare/summary.js';
import { type Attribution, agreement, type Measured } from '../../dist/src/index.js';
import { handMade, negative, PIXELS, scattered, shares } from './metrics/toys.ts';

const sure = [
  { index: 0, label: 'ant', probability: 0.9 },
  { index: 1, label: 'bee', probability: 0.1 },
];
const unsure = [
  { index: 0, label: 'ant', probability: 0.36 },
  { index: 1, label: 'bee', probability: 0.34 },
];
const bee = { index: 1, label: 'bee', probability: 0.1 };
const other = Float32Array.from({ length: PIXELS }, (_, at) => scattered(11 * at + 5));
const paragraph = (attributions: readonly Attribution[], predictions = sure) =>
  summary(predictions, attributions, agreement(attributions));
const deletion = (value: number, spread = 0.05): { deletion: Measured } => ({
  deletion: { value, random: 0.5, spread, better: 'lower' },
});

test('an unsure model', () => {
  expect(paragraph([handMade(shares)])).toMatch(/^The model says ant \(probability 0\.90\), then bee \(0\.10\)\./);
  expect(paragraph([handMade(shares)], unsure)).toContain('ant (probability 0.36), then bee (0.34): it is unsure');
});

test('where maps agree and where not', () => {
  const maps = [
    handMade(shares, { method: 'occlusion' }),
    handMade(
      shares.map((share) => share ** 3),
      { method: 'lime' },
    ),
    handMade(negative(shares), { method: 'grad-cam' }),
  ];
  expect(paragraph(maps)).toContain(
    'For ant the maps do not agree: their mean rank correlation is −0.33, most between occlusion and lime (1.00), least between',
  );
  expect(paragraph(maps)).toContain('Across the two families, perturbation and gradient, it is −1.00 on average.');
  expect(paragraph(maps.slice(0, 2))).toContain('For ant occlusion and lime (1.00) agree well');
});

test('the best, and whether it beats random maps clearly', () => {
  const maps = (...values: number[]) =>
    values.map((value, at) =>
      handMade([shares, other, negative(shares)][at]!, {
        method: ['occlusion', 'lime', 'cam'][at]!,
        metrics: deletion(value),
      }),
    );
  expect(paragraph(maps(0.2, 0.3, 0.9))).toContain('Best for ant: by deletion occlusion (0.20, random 0.50).');
  expect(paragraph(maps(0.2, 0.2, 0.9))).toContain('by deletion occlusion and lime (0.20, random 0.50).');
  expect(paragraph(maps(0.41, 0.5, 0.9))).toContain(
    'by deletion occlusion (0.41, random 0.50), which is not clearly better than random.',
  );
  expect(paragraph(maps(0.41, 0.3, 0.9))).toContain(
    'occlusion of ant, not clearly better than random maps (deletion 0.41 against 0.50)',
  );
  expect(paragraph(maps(0.41, 0.3, 0.9))).not.toContain('lime of ant, not clearly');
});

test('where the best does not beat random maps clearly and another does, both are named', () => {
  const maps = [
    handMade(shares, { method: 'lime', metrics: deletion(0.3, 0.2) }),
    handMade(other, { method: 'cam', metrics: deletion(0.35) }),
  ];
  expect(paragraph(maps)).toContain(
    'by deletion lime (0.30, random 0.50), which is not clearly better than random, while cam (0.35, random 0.50) is.',
  );
});

test('what to distrust: a poor fit, values that do not add up, constant maps, weights that do not matter', () => {
  const lime = (r2: number) => ({ ...handMade(shares, { method: 'lime' }), r2 });
  expect(paragraph([lime(0.31)])).toContain(
    'lime of ant, whose linear model tells 31 % of how the score varies (R² 0.31)',
  );
  expect(paragraph([lime(0.5)])).not.toContain('Do not trust');
  const sum = shares.reduce((total, share) => total + share, 0);
  const integrated = (convergenceDelta: number) => ({
    ...handMade(shares, { method: 'integrated-gradients' }),
    convergenceDelta,
  });
  // Values add up to difference + delta: a delta of a fifth of their sum is a quarter of the difference.
  expect(paragraph([integrated(sum / 5)])).toContain(
    'integrated-gradients of ant, whose values miss the score by 25 %',
  );
  expect(paragraph([integrated(sum / 50)])).not.toContain('Do not trust');
  expect(paragraph([handMade(shares.map(() => 0))])).toContain('by-hand of ant, which is 0 everywhere');
  const randomization: Measured = { value: 0.85, random: 0, better: 'lower', warning: 'the map …' };
  const guided = handMade(shares, { method: 'guided-backprop', metrics: { randomization } });
  expect(paragraph([guided])).toContain(
    'guided-backprop of ant, which stays alike with the weights drawn anew (mean rank correlation 0.85)',
  );
});

test('one map for two classes explains neither', () => {
  const two = (map: Float32Array) => [
    handMade(shares, { method: 'lime' }),
    handMade(map, { method: 'lime', target: bee }),
  ];
  expect(paragraph(two(shares))).toContain(
    'lime, whose maps for ant and bee are the same (rank correlation 1.00) and explain neither',
  );
  expect(paragraph(two(other))).not.toContain('explain neither');
});

test('speaks of this picture only', () => {
  expect(paragraph([handMade(shares)])).toMatch(/All of this is about this one picture\.$/);
});
