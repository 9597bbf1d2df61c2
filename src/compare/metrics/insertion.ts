import { besideRandom } from './beside-random.ts';
import type { Metric } from './metric.ts';
import { scoreCurves } from './score-curves.ts';
import { substrateOf } from './substrate.ts';

/**
 * The area under the class's probability while the strongest pixels come back to a blurred picture, the first first: as
 * deletion, from nothing to the whole picture. RISE blurs with zeros beyond the border; here the border stays as bright as it is.
 * @see https://arxiv.org/abs/1806.07421
 */
export const insertion: Metric = {
  name: 'insertion',
  title: 'Insertion',
  formula: 'area under p(class) while pixels come back to a blurred picture, strongest first',
  paper: { name: 'Petsiuk et al. 2018', url: 'https://arxiv.org/abs/1806.07421' },
  better: 'higher',
  range: '0 to 1',
  random: 'the area of random maps as coarse as the map',
  needs: [],
  passes: 'pixels / step + 1',
  options: { step: "the picture's width", substrate: 'blur' },
  measure: (study, { step, substrate = 'blur' }) => {
    const [, height, width] = study.prepared.picture.shape as [number, number, number];
    return besideRandom(
      study,
      'higher',
      scoreCurves(study, {
        step,
        baseline: substrateOf(substrate, study.prepared),
        recipe: (map, changed) => ({ kind: 'ranked', map, from: changed, to: height * width }),
      }),
    );
  },
};
