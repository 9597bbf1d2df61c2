import { besideRandom } from './beside-random.ts';
import type { Metric } from './metric.ts';
import { scoreCurves } from './score-curves.ts';
import { substrateOf } from './substrate.ts';

/**
 * The area under the class's probability while the strongest pixels are taken away, the first first: p(k) has k of n pixels
 * replaced, and the area is Σ (pᵢ + pᵢ₊₁) / 2 · (kᵢ₊₁ − kᵢ) / n. Of equal pixels the upper left goes first.
 * @see https://arxiv.org/abs/1806.07421
 */
export const deletion: Metric = {
  name: 'deletion',
  title: 'Deletion',
  formula: 'area under p(class) while pixels are replaced, strongest first',
  paper: { name: 'Petsiuk et al. 2018', url: 'https://arxiv.org/abs/1806.07421' },
  better: 'lower',
  range: '0 to 1',
  random: 'the area of random maps as coarse as the map',
  needs: [],
  passes: 'pixels / step + 1',
  options: { step: "the picture's width", substrate: 'zero' },
  measure: (study, { step, substrate = 'zero' }) =>
    besideRandom(
      study,
      'lower',
      scoreCurves(study, {
        step,
        baseline: substrateOf(substrate, study.prepared),
        recipe: (map, changed) => ({ kind: 'ranked', map, from: 0, to: changed }),
      }),
    ),
};
