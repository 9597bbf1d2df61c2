import { checkNumber } from '../../core/check.ts';
import { besideRandom, type Evaluate } from './beside-random.ts';
import type { Metric, MetricOptions, Study } from './metric.ts';
import { ranksOf } from './score-curves.ts';

/** Shares of the pixels that are removed. Of random maps, whose mean is 0, fewer are enough. */
const SHARES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
const SHARES_OF_RANDOM = [0.2, 0.5, 0.8] as const;

/**
 * Remove and debias: pixels are filled in from those around them, with a little noise, so that neither a hole nor its shape
 * tells the model what was there. Half of how much higher the class's probability is with the weakest pixels removed than with the strongest,
 * Σ_q (p(weakest q) − p(strongest q)) / 2n over q = 10, 20, … 90 % of the pixels.
 * @see https://arxiv.org/abs/2202.00449
 */
export const road: Metric = {
  name: 'road',
  title: 'ROAD',
  formula:
    'mean of (p with the weakest pixels imputed − p with the strongest imputed) / 2, over 10 … 90 % of the pixels',
  paper: { name: 'Rong et al. 2022', url: 'https://arxiv.org/abs/2202.00449' },
  better: 'higher',
  range: '−0.5 to 0.5',
  random: '0 but for chance, as weakest and strongest mean nothing there',
  needs: [],
  passes: '18',
  options: { noise: '0.01' },
  measure: (study, options) => besideRandom(study, 'higher', imputedScores(study, options)),
};

function imputedScores(study: Study, options: MetricOptions): Evaluate {
  const { picture } = study.prepared;
  const [, height, width] = picture.shape as [number, number, number];
  const plane = height * width;
  const std = checkNumber(options.noise ?? 0.01, 'noise', 0);
  return async (maps, targets) => {
    const cases = maps.flatMap(({ isRandom }, map) =>
      (isRandom ? SHARES_OF_RANDOM : SHARES).map((share) => ({ map, share })),
    );
    const recipes = cases.flatMap(({ map, share }) => {
      const removed = Math.round(share * plane);
      const recipe = (from: number, to: number) =>
        ({ kind: 'imputed', map, from, to, noise: { seed: study.seed, index: removed, std } }) as const;
      return [recipe(0, removed), recipe(plane - removed, plane)];
    });
    const scene = { picture, baseline: picture, ranks: ranksOf(maps, plane) };
    const { signal, onProgress } = study;
    const asked = { targets, score: 'probability', signal, onProgress } as const;
    const { values } = await study.model.predict(scene, recipes, asked);
    return (map, target) => {
      const rows = cases.flatMap((one, row) => (one.map === map ? [row] : []));
      const share = rows.map((row) => cases[row]!.share);
      const scoresOf = (which: 0 | 1) => rows.map((row) => values[(2 * row + which) * targets.length + target]!);
      const [strongest, weakest] = [scoresOf(0), scoresOf(1)];
      const score = weakest.map((kept, at) => (kept - strongest[at]!) / 2);
      return {
        value: score.reduce((sum, difference) => sum + difference, 0) / score.length,
        curves: {
          difference: { share, score },
          strongest: { share, score: strongest },
          weakest: { share, score: weakest },
        },
      };
    };
  };
}
