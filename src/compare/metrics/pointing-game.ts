import { checkNumber } from '../../core/check.ts';
import type { Measured } from '../../core/measured.ts';
import type { Metric } from './metric.ts';
import { type ObjectMask, OUT_OF_SIGHT, squaredDistances } from './object-mask.ts';

/**
 * Whether the map's strongest pixel lies on an object of the class or less than 15 pixels from it, on a picture of 224 pixels:
 * 1 or 0, and where several pixels are strongest the share of them that hit. The random baseline is exact: the share of all pixels that
 * would hit. Over many pictures the mean is the accuracy.
 * @see https://arxiv.org/abs/1608.00507
 */
export const pointingGame: Metric = {
  name: 'pointing-game',
  title: 'Pointing game',
  formula: '1 if the strongest pixel lies within 15 pixels (of 224) of an object of the class, else 0',
  paper: { name: 'Zhang et al. 2016', url: 'https://arxiv.org/abs/1608.00507' },
  better: 'higher',
  range: '0 to 1',
  random: 'the share of the pixels that would hit',
  needs: ['boxes'],
  passes: '0',
  options: { tolerance: '15/224 of the shorter side, in pixels' },
  async measure({ items, prepared }, { tolerance: wanted }) {
    const [, height, width] = prepared.picture.shape as [number, number, number];
    const tolerance = checkNumber(wanted ?? (15 / 224) * Math.min(height, width), 'tolerance', 0);
    return items.map(({ map, object }) => pointing(map, object!, tolerance));
  },
};

function pointing(map: Float32Array, object: ObjectMask, tolerance: number): Measured {
  const { inside, height, width } = object;
  if (!inside.includes(1)) return { value: null, reason: OUT_OF_SIGHT, random: null, better: 'higher' };
  const distances = squaredDistances(object);
  const isHit = (at: number) => inside[at] === 1 || distances[at]! < tolerance ** 2;
  const most = map.reduce((a, b) => Math.max(a, b), -Infinity);
  const strongest = [...map.keys()].filter((at) => map[at] === most);
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  return {
    value: strongest.filter(isHit).length / strongest.length,
    random: [...map.keys()].filter(isHit).length / map.length,
    centre: Number(isHit(centre)),
    better: 'higher',
  };
}
