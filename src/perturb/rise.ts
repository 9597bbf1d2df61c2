/**
 * RISE: the picture x is seen through N random soft masks Mᵢ. What counts is where the mask was open when the score was
 * high: Σᵢ f(Mᵢ ⊙ x) Mᵢ / (N · p), where p is the share of cells that are on.
 */
import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import { drawGrid } from '../core/grid-mask.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { PIXELS } from '../core/view.ts';
import { type MaskSize, maskSum } from './mask-sums.ts';
import { scoresUnder } from './scores-under.ts';

/** What the sum is divided by. */
export const DENOMINATORS = ['expected', 'coverage', 'none'] as const;

export interface RiseOptions {
  /** Masks, one pass each. Default: 4000, the paper's number for VGG-16; it takes 8000 for ResNet-50. */
  readonly samples?: number | undefined;
  /** Along each side of the grid that masks are enlarged from. Default: 7. */
  readonly cells?: number | undefined;
  /** The probability that a cell is on. Default: 0.5. */
  readonly keepProbability?: number | undefined;
  /** `expected`: N · p (the default, the paper's) · `coverage`: Σ M at each pixel (xplique) · `none`: the plain sum (RISE's batched code). */
  readonly denominator?: (typeof DENOMINATORS)[number] | undefined;
  /** What stands where a mask is closed. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
  /** Of the masks, and of the baseline `noise`. Default: 0. */
  readonly seed?: number | undefined;
}

/**
 * The expected score of the picture under random masks that leave a pixel open: an attribution [C, H, W], equal in all
 * channels, in units of the score, which is the probability by default. All targets share the passes.
 * @throws `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1806.07421
 * @example
 * const { data, shape } = await rise(model, image, { target: 'cat', samples: 500, seed: 1 });
 */
export const rise = explainer<Classifier, RiseOptions, Attribution>(
  'rise',
  'probability',
  async (model, subject, options) => {
    const { baseline = 0 } = options;
    const [channels, height, width] = subject.picture.shape as [number, number, number];
    const samples = checkInteger(options.samples ?? 4000, 'samples', 1, 1_000_000);
    const cells = checkInteger(options.cells ?? Math.min(7, height, width), 'cells', 1, Math.min(height, width));
    const keep = checkNumber(options.keepProbability ?? 0.5, 'keep-probability', 0.001, 1);
    const denominator = checkChoice(options.denominator ?? 'expected', 'denominator', DENOMINATORS);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const scene = { picture: subject.picture, baseline: baselineOf(baseline, subject, seed) };
    const recipes = Array.from({ length: samples }, (_, index) => {
      return { kind: 'grid-mask', seed, index, cells, keep } as const;
    });
    const { scores, forwardPasses } = await scoresUnder(model, subject, scene, recipes, options);

    const size: MaskSize = { cells, height, width };
    const grids = recipes.map((recipe) => drawGrid(recipe, height, width));
    const coverage = denominator === 'coverage' ? maskSum(grids, new Float64Array(samples).fill(1), size) : undefined;
    const expectedCoverage = denominator === 'expected' ? samples * keep : 1;
    return scores.map((ofTarget) => {
      const sum = maskSum(grids, ofTarget, size);
      const map = sum.map((value, pixel) => value / (coverage?.[pixel] || expectedCoverage));
      const data = new Float32Array(channels * map.length);
      for (let channel = 0; channel < channels; channel++) data.set(map, channel * map.length);
      return {
        data,
        shape: [channels, height, width],
        options: { samples, cells, keepProbability: keep, denominator, baseline },
        seed,
        forwardPasses: forwardPasses + 1,
        backwardPasses: 0,
        lattice: PIXELS,
        fold: 'mean',
        level: map.reduce((total, value) => total + value, 0) / map.length,
        unit:
          denominator === 'none' ? `summed ${subject.scoreKind} over its mean` : `${subject.scoreKind} over its mean`,
      };
    });
  },
);

export const riseMethod: Method<Classifier, RiseOptions> = {
  name: 'rise',
  title: 'RISE',
  aliases: ['RISEBatch'],
  family: 'perturbation',
  explain: rise,
  options: { samples: '4000', cells: '7', keepProbability: '0.5', denominator: 'expected', baseline: '0', seed: '0' },
  needs: [],
  passes: { forward: 'samples + 1', backward: '0' },
  classesPerPass: 'all',
  isSigned: true,
  values: '`[C, H, W]`, mean score where open; around `level`',
  resolution: 'blurred cells, finer with more of them',
  score: 'probability',
  paper: { name: 'Petsiuk et al. 2018', url: 'https://arxiv.org/abs/1806.07421' },
  when: 'Where neither windows nor superpixels should shape the map, and thousands of passes are affordable.',
};
