import { expect, test } from 'vitest';
import { meansOf, type Score, scoresOf } from '../../dist/src/compare/evaluation.js';
import { attributionOf } from '../render/attribution.ts';

type Measures = Score['metrics'];
const score = (method: string, metrics: Measures, seconds = 1): Score => ({
  method,
  seconds,
  forwardPasses: 1,
  backwardPasses: 0,
  metrics,
});

test('means by hand: of values, of chance, and of what is better by, whichever way the metric points', () => {
  const [first, second] = meansOf(
    [
      [
        score('a', { deletion: { value: 0.2, random: 0.5 }, insertion: { value: 0.6, random: 0.5 } }, 1),
        score('b', { deletion: { value: 0.9, random: 0.5 } }),
      ],
      [
        score('a', { deletion: { value: 0.4, random: 0.9 }, insertion: { value: 0.8, random: 0.3 } }, 3),
        score('b', { deletion: { value: 0.7, random: 0.5 } }),
      ],
    ],
    0,
  );
  expect(first).toMatchObject({ method: 'a', seconds: 2 });
  const { deletion, insertion } = first!.metrics;
  expect(deletion).toMatchObject({ better: 'lower', count: 2, low: 0.2, high: 0.4 });
  expect(deletion!.mean).toBeCloseTo(0.3, 12);
  expect(deletion!.random).toBeCloseTo(0.7, 12);
  expect(deletion!.gain!.mean).toBeCloseTo(0.4, 12);
  expect(insertion!.gain!.mean).toBeCloseTo(0.3, 12);
  expect(second!.metrics.deletion!.gain!.mean).toBeCloseTo(-0.3, 12);
});

test('a picture for which a metric is not defined counts in no mean, and is counted nowhere as 0', () => {
  const pictures = [
    [score('a', { deletion: { value: 0.2, random: 0.5 } })],
    [score('a', { deletion: { value: null, random: null } })],
  ];
  expect(meansOf(pictures, 0)[0]!.metrics.deletion).toMatchObject({ mean: 0.2, random: 0.5, count: 1 });
  expect(meansOf(pictures.slice(1), 0)[0]!.metrics).toEqual({});
});

test('a metric without chance has none, and no gain', () => {
  const [method] = meansOf([[score('a', { deletion: { value: 0.2, random: null } })]], 0);
  expect(method!.metrics.deletion).toMatchObject({ mean: 0.2, random: null, gain: null });
});

test('the centre of the picture has a mean of its own', () => {
  const pictures = [1, 0, 0].map((centre) => [score('a', { 'pointing-game': { value: 1, random: 0.25, centre } })]);
  const { 'pointing-game': game } = meansOf(pictures, 0)[0]!.metrics;
  expect(game).toMatchObject({ mean: 1, random: 0.25 });
  expect(game!.centre).toBeCloseTo(1 / 3, 12);
});

test('of each attribution: its column, its cost and its figures, without curves', () => {
  const metrics = {
    deletion: { value: 0.1, random: 0.4, better: 'lower' as const, curve: { share: [0, 1], score: [0.2, 0] } },
  };
  const attributions = [
    attributionOf([1], { method: 'occlusion', metrics }),
    attributionOf([2], { method: 'occlusion' }),
  ];
  expect(scoresOf({ attributions })).toEqual([
    {
      method: 'occlusion',
      seconds: 0.5,
      forwardPasses: 17,
      backwardPasses: 0,
      metrics: { deletion: { value: 0.1, random: 0.4 } },
    },
    { method: 'occlusion-2', seconds: 0.5, forwardPasses: 17, backwardPasses: 0, metrics: {} },
  ]);
});
