import { checkInteger } from '../../core/check.ts';
import type { Measured } from '../../core/measured.ts';
import { random } from '../../core/random.ts';
import type { Recipe } from '../../core/recipe.ts';
import type { ScoreKind } from '../../core/score.ts';
import { integral, sumWithin } from '../integral.ts';
import { besideRandom, type Evaluate, type Figure } from './beside-random.ts';
import type { Metric, MetricOptions, Study } from './metric.ts';
import { substrateOf } from './substrate.ts';

/**
 * How much of what the score does when squares are taken away the map does not tell: Σ (β aᵢ − bᵢ)² / Σ bᵢ² over random
 * squares, where aᵢ is the sum of the map over the square, bᵢ how much the explained score falls, and β ≥ 0 the one number that
 * brings the map to the score's unit best. Yeh's infidelity under square removal, as captum's with `normalize` but divided by
 * the mean of bᵢ², and without its negative β, which takes a map that has all signs wrong for a good one.
 * @see https://arxiv.org/abs/1901.09392
 */
export const infidelity: Metric = {
  name: 'infidelity',
  title: 'Infidelity',
  formula: 'Σ (β · sum of the map over a square − fall of the score without it)² / Σ (fall)², over random squares',
  paper: { name: 'Yeh et al. 2019', url: 'https://arxiv.org/abs/1901.09392' },
  better: 'lower',
  range: '0 to 1',
  random: 'that of random maps, which know at least how large a square is',
  needs: [],
  passes: 'samples, for all attributions together',
  options: { samples: '200', substrate: 'zero' },
  async measure(study, options) {
    const measured: Measured[] = [];
    for (const score of ['logit', 'probability'] as const) {
      const at = study.items.flatMap(({ attribution }, item) => (attribution.scoreKind === score ? [item] : []));
      if (at.length === 0) continue;
      const part = { ...study, items: at.map((item) => study.items[item]!) };
      const found = await besideRandom(part, 'lower', squareRemoval(part, score, options));
      found.forEach((figure, index) => {
        measured[at[index]!] = figure;
      });
    }
    return measured;
  },
};

type Square = Extract<Recipe, { kind: 'window' }>;

function squareRemoval(study: Study, score: ScoreKind, options: MetricOptions): Evaluate {
  const { picture } = study.prepared;
  const [, height, width] = picture.shape as [number, number, number];
  const samples = checkInteger(options.samples ?? 200, 'samples', 1, 100_000);
  const squares = Array.from({ length: samples }, (_, index) => randomSquare(study.seed, index, height, width));
  return async (maps, targets) => {
    const scene = { picture, baseline: substrateOf(options.substrate ?? 'zero', study.prepared) };
    const { signal, onProgress } = study;
    const asked = { targets, score, signal, onProgress };
    const { values } = await study.model.predict(scene, [{ kind: 'original' }, ...squares], asked);
    const falls = targets.map((_, target) =>
      squares.map((_, at) => values[target]! - values[(at + 1) * targets.length + target]!),
    );
    const sums = maps.map(({ map }) => {
      const corners = integral(map, height, width);
      return squares.map((square) => sumWithin(corners, square, width));
    });
    return (map, target) => unexplained(sums[map]!, falls[target]!);
  };
}

/** Its side is from 1 pixel to half of the picture's shorter side. */
function randomSquare(seed: number, index: number, height: number, width: number): Square {
  const { integer } = random(seed, index);
  const side = 1 + integer(Math.max(1, Math.floor(Math.min(height, width) / 2)));
  return { kind: 'window', y: integer(height - side + 1), x: integer(width - side + 1), height: side, width: side };
}

function unexplained(a: readonly number[], b: readonly number[]): Figure {
  const product = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  const bb = product(b, b);
  if (bb === 0) return { value: null, reason: 'the score stays the same whatever is taken away' };
  const aa = product(a, a);
  const beta = aa > 0 ? Math.max(0, product(a, b) / aa) : 0;
  const errors = b.map((fall, at) => beta * a[at]! - fall);
  return { value: product(errors, errors) / bb };
}
