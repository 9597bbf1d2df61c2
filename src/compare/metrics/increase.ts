import { besideRandom } from './beside-random.ts';
import { maskedScores } from './masked-score.ts';
import type { Metric } from './metric.ts';

/**
 * Whether the class is more probable where the picture is seen through the map than on the whole picture: 1 or 0. Over many
 * pictures the mean is the share of those where confidence increases.
 * @see https://arxiv.org/abs/1710.11063
 */
export const increase: Metric = {
  name: 'increase',
  title: 'Increase in confidence',
  formula: '1 if p of the picture seen through the map > p, else 0',
  paper: { name: 'Chattopadhyay et al. 2018', url: 'https://arxiv.org/abs/1710.11063' },
  better: 'higher',
  range: '0 or 1',
  random: 'how often it is 1 for random maps',
  needs: [],
  passes: '1',
  options: {},
  measure: (study) =>
    besideRandom(
      study,
      'higher',
      maskedScores(study, (whole, masked) => Number(masked > whole)),
    ),
};
