/**
 * RISE: the picture x is seen through N random soft masks Mᵢ. What counts is where the mask was open when the score was
 * high: Σᵢ f(Mᵢ ⊙ x) Mᵢ / (N · p), where p is the share of cells that are on.
 */
import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkChoice, checkInteger, checkNumber } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { explainer, type PartialOptions } from '../core/explainer.ts';
import { type DrawnGrid, drawGrid } from '../core/grid-mask.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { PIXELS } from '../core/view.ts';
import { given } from './given.ts';
import { made } from './in-turns.ts';
import { maskEstimate } from './mask-estimate.ts';
import type { MaskSize } from './mask-sums.ts';
import { ANYTIME_DEFAULTS, type AnytimeOptions, inStages, startLimits } from './stages.ts';

/** What the sum is divided by. */
export const DENOMINATORS = ['expected', 'coverage', 'none'] as const;

export interface RiseOptions extends AnytimeOptions {
  /** Masks at most, one pass each. Default: 4000, the paper's number for VGG-16; it takes 8000 for ResNet-50. */
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
  /** That every second mask is open where the one before it is closed, which needs a `keepProbability` of 0.5. Default: false, as in the paper. */
  readonly antithetic?: boolean | undefined;
}

/**
 * The expected score of the picture under random masks that leave a pixel open: an attribution [C, H, W], equal in all
 * channels, in units of the score, which is the probability by default. All targets share the passes.
 * @throws `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1806.07421
 * @example
 * const { data, shape } = await rise(model, image, { target: 'cat', samples: 500, seed: 1 });
 */
export const rise = explainer<Classifier, RiseOptions & PartialOptions, Attribution>(
  'rise',
  'probability',
  async (model, subject, options, { begin, publish }) => {
    const limits = startLimits(options, begin);
    const { baseline = 0 } = options;
    const [channels, height, width] = subject.picture.shape as [number, number, number];
    const samples = checkInteger(options.samples ?? 4000, 'samples', 1, 1_000_000);
    const cells = checkInteger(options.cells ?? Math.min(7, height, width), 'cells', 1, Math.min(height, width));
    const keep = checkNumber(options.keepProbability ?? 0.5, 'keep-probability', 0.001, 1);
    const denominator = checkChoice(options.denominator ?? 'expected', 'denominator', DENOMINATORS);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const { antithetic = false, tolerance, budget } = options;
    if (antithetic && keep !== 0.5) throw expected('ERR_OPTION', 'keep-probability', '0.5 for antithetic masks', keep);
    const scene = { picture: subject.picture, baseline: baselineOf(baseline, subject, seed) };
    const size: MaskSize = { cells, height, width };
    const grids: DrawnGrid[] = [];
    const recipeOf = (at: number) => {
      const inverted = antithetic && at % 2 === 1;
      return { kind: 'grid-mask', seed, index: inverted ? at - 1 : at, cells, keep, ...given({ inverted }) } as const;
    };

    function found(
      map: Float64Array,
      standardError: Float32Array | undefined,
      used: number,
      remarks: readonly string[],
    ) {
      const data = new Float32Array(channels * map.length);
      for (let channel = 0; channel < channels; channel++) data.set(map, channel * map.length);
      const drawing = { samples, cells, keepProbability: keep, denominator, baseline };
      return {
        data,
        shape: [channels, height, width],
        options: { ...drawing, ...given({ antithetic, tolerance, budget }) },
        seed,
        samplesUsed: used,
        ...given({ standardError }),
        warnings: remarks,
        forwardPasses: used + 1,
        backwardPasses: 0,
        lattice: PIXELS,
        fold: 'mean' as const,
        level: map.reduce((total, value) => total + value, 0) / map.length,
        unit:
          denominator === 'none' ? `summed ${subject.scoreKind} over its mean` : `${subject.scoreKind} over its mean`,
      };
    }

    const sampling = {
      samples,
      least: 2,
      recipes: (first: number, end: number) => made(first, end, recipeOf),
      *prepare(used: number) {
        const more = yield* made(grids.length, used, (at) => drawGrid(recipeOf(at), height, width));
        for (const grid of more) grids.push(grid);
        const drawn = grids.slice(0, used);
        const mean = { size, divisor: DIVISORS[denominator](used, keep) };
        return (scores: readonly Float64Array[]) =>
          maskEstimate(drawn, scores, mean, (map, standardError, remarks) => found(map, standardError, used, remarks));
      },
    };
    return inStages(model, subject, scene, sampling, limits, options, publish);
  },
);

/** What the sum is divided by; undefined: by the sum of the masks at each pixel. */
const DIVISORS = {
  expected: (samples: number, keep: number) => samples * keep,
  coverage: () => undefined,
  none: () => 1,
} satisfies {
  readonly [denominator in (typeof DENOMINATORS)[number]]: (samples: number, keep: number) => number | undefined;
};

export const riseMethod: Method<Classifier, RiseOptions> = {
  name: 'rise',
  title: 'RISE',
  aliases: ['RISEBatch'],
  family: 'perturbation',
  explain: rise,
  options: {
    samples: '4000',
    cells: '7',
    keepProbability: '0.5',
    denominator: 'expected',
    baseline: '0',
    seed: '0',
    antithetic: 'no',
    ...ANYTIME_DEFAULTS,
  },
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
