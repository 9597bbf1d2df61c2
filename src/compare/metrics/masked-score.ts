/** The class's probability on what a map leaves of the picture: x ⊙ m, where m is the map's positive part scaled to 0–1. */

import { baselineOf } from '../../core/baseline.ts';
import { stretched } from '../../core/soft-mask.ts';
import { sharedTensor } from '../../core/tensor.ts';
import type { Evaluate, Figure } from './beside-random.ts';
import type { Study } from './metric.ts';

/** What `figureOf` makes of the probability on the whole picture and on what the map leaves of it. */
export function maskedScores(study: Study, figureOf: (whole: number, masked: number) => number): Evaluate {
  const { picture } = study.prepared;
  const [, height, width] = picture.shape as [number, number, number];
  return async (maps, targets) => {
    const planes = sharedTensor([maps.length, height, width]);
    const speaks = maps.map(({ map }, at) => {
      planes.data.set(stretched(map.map((value) => Math.max(value, 0))), at * map.length);
      return map.some((value) => value > 0);
    });
    const scene = {
      picture,
      baseline: baselineOf(0, study.prepared, 0),
      masks: { planes, isCornerAligned: false, isStretched: false },
    };
    const recipes = maps.map((_, mask) => ({ kind: 'soft-mask', mask, scale: 1 }) as const);
    const { signal, onProgress } = study;
    const { values } = await study.model.predict(scene, [{ kind: 'original' }, ...recipes], {
      targets,
      score: 'probability',
      signal,
      onProgress,
    });
    return (map, target): Figure =>
      speaks[map]
        ? { value: figureOf(values[target]!, values[(map + 1) * targets.length + target]!) }
        : { value: null, reason: NOTHING_POSITIVE };
  };
}

export const NOTHING_POSITIVE = 'no pixel of the map speaks for the class';
