import { checkInteger } from '../../core/check.ts';
import { besideRandom, type Evaluate } from './beside-random.ts';
import type { Metric, MetricOptions, Study } from './metric.ts';
import { ranksOf } from './score-curves.ts';
import { substrateOf } from './substrate.ts';

/**
 * The smallest share of the pixels, strongest first, that alone keeps the class where the whole picture has it: no more
 * classes score higher. For the predicted class: that alone is still predicted.
 * @see https://arxiv.org/abs/1705.07857
 */
export const sufficiency: Metric = {
  name: 'sufficiency',
  title: 'Sufficiency',
  formula: 'smallest share of pixels, strongest first, that alone keeps the class at its rank',
  paper: { name: 'Dabkowski and Gal 2017', url: 'https://arxiv.org/abs/1705.07857' },
  better: 'lower',
  range: '0 to 1',
  random: 'the share that random maps as coarse as the map need',
  needs: [],
  passes: 'pixels / step',
  options: { step: 'a 50th of the pixels', substrate: 'zero' },
  measure: (study, options) => besideRandom(study, 'lower', smallestShares(study, options)),
};

function smallestShares(study: Study, { step: wanted, substrate = 'zero' }: MetricOptions): Evaluate {
  const { picture } = study.prepared;
  const [, height, width] = picture.shape as [number, number, number];
  const plane = height * width;
  const step = checkInteger(wanted ?? Math.ceil(plane / 50), 'step', 1, plane);
  const counts = Array.from({ length: Math.ceil(plane / step) - 1 }, (_, at) => (at + 1) * step);
  const classes = study.logits.length;
  return async (maps, targets) => {
    const scene = { picture, baseline: substrateOf(substrate, study.prepared), ranks: ranksOf(maps, plane) };
    const kept = maps.flatMap((_, map) =>
      [0, ...counts].map((from) => ({ kind: 'ranked', map, from, to: plane }) as const),
    );
    const { signal, onProgress } = study;
    const { values } = await study.model.predict(scene, kept, {
      targets: Array.from({ length: classes }, (_, index) => index),
      score: 'logit',
      signal,
      onProgress,
    });
    const isKept = (row: number, target: number) =>
      rankOf(target, values.subarray(row * classes, (row + 1) * classes)) <= rankOf(target, study.logits);
    return (map, target) => {
      const first = map * (counts.length + 1);
      if (isKept(first, targets[target]!)) return { value: null, reason: 'the class is kept where no pixel is left' };
      const enough = counts.findIndex((_, at) => isKept(first + at + 1, targets[target]!));
      return { value: enough < 0 ? 1 : counts[enough]! / plane };
    };
  };
}

/** How many classes score higher. */
function rankOf(target: number, logits: ArrayLike<number>): number {
  let higher = 0;
  for (let index = 0; index < logits.length; index++) if (logits[index]! > logits[target]!) higher++;
  return higher;
}
