import type { Measured } from '../../core/measured.ts';
import type { Study } from './metric.ts';

/** A map [H · W] and whether it is a random one, whose curve may be taken at fewer points. */
export interface AskedMap {
  readonly map: Float32Array;
  readonly isRandom: boolean;
}

/** What a metric finds of one map as an explanation of one class. */
export type Figure = Pick<Measured, 'value' | 'reason' | 'curve'>;

/** Measures maps, all in one go; what it returns tells the figure of map number `map` for class number `target` of those asked for. */
export type Evaluate = (
  maps: readonly AskedMap[],
  targets: readonly number[],
) => Promise<(map: number, target: number) => Figure>;

/** Each attribution's figure and beside it the mean of that of random maps, which attributions of one grain share. */
export async function besideRandom(
  { items }: Study,
  better: Measured['better'],
  evaluate: Evaluate,
): Promise<Measured[]> {
  const targets = [...new Set(items.map(({ attribution }) => attribution.target.index))];
  const random = [...new Set(items.flatMap((item) => item.random))];
  const maps = [
    ...items.map(({ map }) => ({ map, isRandom: false })),
    ...random.map((map) => ({ map, isRandom: true })),
  ];
  const figure = await evaluate(maps, targets);
  return items.map((item, at) => {
    const target = targets.indexOf(item.attribution.target.index);
    const chance = item.random.map((map) => figure(items.length + random.indexOf(map), target).value);
    return { ...figure(at, target), ...ofRandom(chance), better };
  });
}

/** The mean and the standard deviation of what random maps get. */
export function ofRandom(chance: readonly (number | null)[]): Pick<Measured, 'random' | 'spread'> {
  const values = chance.filter((value) => value !== null);
  if (values.length === 0) return { random: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { random: mean, spread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
