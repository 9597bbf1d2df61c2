import type { Measured } from '../../core/measured.ts';
import { NOTHING_POSITIVE } from './masked-score.ts';
import type { Metric } from './metric.ts';
import { type ObjectMask, OUT_OF_SIGHT } from './object-mask.ts';

/**
 * How much of the map's positive part lies on objects of the class: Σ⁺ inside / Σ⁺. The random baseline is exact: the share of
 * the picture that the objects cover. The centre's is that of a Gaussian with σ a quarter of each side.
 * @see https://arxiv.org/abs/1910.01279
 */
export const energyInBox: Metric = {
  name: 'energy-in-box',
  title: 'Energy in box',
  formula: 'sum of the positive values inside the objects of the class / sum of all positive values',
  paper: { name: 'Wang et al. 2020', url: 'https://arxiv.org/abs/1910.01279' },
  better: 'higher',
  range: '0 to 1',
  random: 'the share of the picture that the objects cover',
  needs: ['boxes'],
  passes: '0',
  options: {},
  measure: async ({ items }) => items.map(({ map, object }) => energy(map, object!)),
};

function energy(map: Float32Array, object: ObjectMask): Measured {
  const { inside } = object;
  if (!inside.includes(1)) return { value: null, reason: OUT_OF_SIGHT, random: null, better: 'higher' };
  const positive = map.map((value) => Math.max(value, 0));
  return {
    ...(positive.some((value) => value > 0)
      ? { value: shareInside(positive, inside) }
      : { value: null, reason: NOTHING_POSITIVE }),
    random: shareInside(
      inside.map(() => 1),
      inside,
    ),
    centre: shareInside(centred(object), inside),
    better: 'higher',
  };
}

function shareInside(values: ArrayLike<number>, inside: Uint8Array): number {
  let [within, all] = [0, 0];
  for (let at = 0; at < inside.length; at++) {
    all += values[at]!;
    within += inside[at]! * values[at]!;
  }
  return within / all;
}

/** exp(−(u² + v²) / 2), where u and v are distances from the centre in quarters of the sides. */
function centred({ height, width }: ObjectMask): Float64Array {
  const u = (x: number) => ((x + 0.5) / width - 0.5) * 4;
  const v = (y: number) => ((y + 0.5) / height - 0.5) * 4;
  return Float64Array.from({ length: height * width }, (_, at) =>
    Math.exp(-(u(at % width) ** 2 + v(Math.floor(at / width)) ** 2) / 2),
  );
}
