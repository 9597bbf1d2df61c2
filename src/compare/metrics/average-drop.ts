import { besideRandom } from './beside-random.ts';
import { maskedScores } from './masked-score.ts';
import type { Metric } from './metric.ts';

/**
 * How much of the class's probability is lost where the picture is seen through the map: max(0, p − pₘ) / p, where pₘ is that
 * of x ⊙ m and m the map's positive part scaled to 0–1. Over many pictures the mean is the average drop.
 * @see https://arxiv.org/abs/1710.11063
 */
export const averageDrop: Metric = {
  name: 'average-drop',
  title: 'Average drop',
  formula: 'max(0, p − p of the picture seen through the map) / p',
  paper: { name: 'Chattopadhyay et al. 2018', url: 'https://arxiv.org/abs/1710.11063' },
  better: 'lower',
  range: '0 to 1',
  random: 'the drop where the picture is seen through random maps',
  needs: [],
  passes: '1',
  options: {},
  measure: (study) =>
    besideRandom(
      study,
      'lower',
      maskedScores(study, (whole, masked) => drop(whole, masked)),
    ),
};

const drop = (whole: number, masked: number) => (whole > 0 ? Math.max(0, whole - masked) / whole : 0);
