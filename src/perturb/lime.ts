/**
 * LIME: segments of the picture are switched off at random, and a linear model of the score is fitted to which were on.
 * Its weights say how much each segment speaks for the target.
 */
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer, type PartialOptions } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { pixelsOf } from '../core/pixels.ts';
import type { Classifier, Photo } from '../core/predictor.ts';
import { random } from '../core/random.ts';
import { applyRecipe, type Scene } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { fittedEstimate } from './fitted-estimate.ts';
import { given } from './given.ts';
import { made } from './in-turns.ts';
import type { LimeExplanation } from './lime-explanation.ts';
import { DISTANCES, type Distance, pixelDistances, segmentDistances } from './mask-distance.ts';
import { keeping, SEGMENT_DEFAULTS, type Segmented, type SegmentedOptions, segmented } from './segmented.ts';
import { checkPenalty, type LimeSolverOptions, limeSolver, sampleWeights } from './solve-lime.ts';
import { standardErrors } from './spread.ts';
import { ANYTIME_DEFAULTS, type AnytimeOptions, inStages, startLimits } from './stages.ts';
import type { LinearFit } from './weighted-regression.ts';

export type { LimeExplanation, LimeSample } from './lime-explanation.ts';

export interface LimeOptions extends SegmentedOptions, LimeSolverOptions, AnytimeOptions {
  /** Passes at most, the first of them on the whole picture; up to a million. Default: 1000. */
  readonly samples?: number | undefined;
  /** Whether the first sample is the whole picture, as in lime; in captum all are drawn. Default: true. */
  readonly wholeFirst?: boolean | undefined;
  /**
   * From the whole picture to a sample, 1 − cos of the angle between them: as masks of `segments` (lime), or as `pixels` of the model's
   * input (captum). Default: `segments`.
   */
  readonly distance?: Distance | undefined;
  /** Of the samples. Default: 0. */
  readonly seed?: number | undefined;
  /** That every second sample keeps what the one before it leaves out: errors of even order cancel. Default: false. */
  readonly antithetic?: boolean | undefined;
}

/** Their masks are held in memory. */
const MOST_SAMPLES = 1_000_000;
/** Fewer samples for each segment than this leave the weights to chance. */
const SAMPLES_PER_SEGMENT = 10;

/**
 * How much each superpixel speaks for the target: an attribution [segments], signed, in units of the score, which is the
 * probability by default. All targets share the passes.
 * @throws `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1602.04938
 * @example
 * const explanation = await lime(model, image, { target: 'cat', samples: 1000, seed: 1 });
 * const { data, width, height } = explanation.mask({ top: 5, positiveOnly: true });
 */
export const lime = explainer<Classifier, LimeOptions & PartialOptions, LimeExplanation, Segmented>(
  'lime',
  'probability',
  async (model, subject, options, { begin, publish, beside }) => {
    const limits = startLimits(options, begin);
    const { kernelWidth = 0.25, ridge = 1, lasso = 0, numFeatures, selection = 'auto', wholeFirst = true } = options;
    const { antithetic = false, tolerance, budget } = options;
    const distance = checkChoice(options.distance ?? 'segments', 'distance', DISTANCES);
    const samples = checkInteger(options.samples ?? 1000, 'samples', 2, MOST_SAMPLES);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    checkPenalty(options);
    const { count, scene, described, attributed } = beside;
    const masks: Uint8Array[] = [];

    function found(fit: LinearFit, ofTarget: Float64Array, weights: Float64Array, remarks: readonly string[]) {
      const used = ofTarget.length;
      return {
        ...attributed(fit.coefficients),
        options: {
          ...{ samples, wholeFirst, ...described, distance, kernelWidth, ridge, lasso },
          ...(numFeatures === undefined ? {} : { numFeatures, selection }),
          ...given({ antithetic, tolerance, budget }),
        },
        seed,
        forwardPasses: used + 1,
        unit: `${subject.scoreKind} weight`,
        intercept: fit.intercept,
        r2: fit.r2,
        samplesUsed: used,
        ...given({ standardError: standardErrors(fit.spread) }),
        warnings: [...warningsOf(used, count), ...remarks],
        sampled: (first: number) =>
          masks.slice(0, Math.min(used, checkInteger(first, 'count'))).map((keep, row) => ({
            keep,
            picture: samplePicture(subject, scene, keep),
            score: ofTarget[row]!,
            weight: weights[row]!,
          })),
      };
    }

    const sampling = {
      samples,
      least: 2,
      *recipes(first: number, end: number) {
        const drawn = yield* made(first, end, (row) => drawMask(row, count, seed, { antithetic, wholeFirst }));
        for (const mask of drawn) masks.push(mask);
        return keeping(drawn);
      },
      *prepare(used: number) {
        const taken = masks.slice(0, used);
        const distances = distance === 'pixels' ? pixelDistances(taken, scene) : segmentDistances(taken);
        const weights = sampleWeights(distances, kernelWidth);
        const fit = yield* limeSolver(taken, weights, options, antithetic ? used / 2 : used);
        return (scores: readonly Float64Array[]) =>
          fittedEstimate(scores, fit, (its, ofTarget, remarks) => found(its, ofTarget, weights, remarks));
      },
    };
    return inStages(model, subject, scene, sampling, limits, options, publish);
  },
  segmented,
);

/**
 * A coin decides for each segment of a row; where the whole picture comes first, row 0 keeps all. The odd ones of antithetic rows
 * keep what the row before leaves out.
 */
function drawMask(
  row: number,
  segments: number,
  seed: number,
  { antithetic, wholeFirst }: { readonly antithetic: boolean; readonly wholeFirst: boolean },
): Uint8Array {
  const isComplement = antithetic && row % 2 === 1;
  const drawn = isComplement ? row - 1 : row;
  const { uniform } = random(seed, drawn);
  const isWhole = wholeFirst && drawn === 0;
  const mask = new Uint8Array(segments);
  for (let at = 0; at < segments; at++) mask[at] = (isWhole || uniform() < 0.5) !== isComplement ? 1 : 0;
  return mask;
}

function samplePicture({ picture, normalisation }: Subject, scene: Scene, keep: Uint8Array): Photo {
  const data = new Float32Array(picture.data.length);
  applyRecipe(scene, { kind: 'segments', keep }, data);
  return pixelsOf({ data, shape: picture.shape }, normalisation);
}

function warningsOf(samples: number, segments: number): string[] {
  if (samples >= SAMPLES_PER_SEGMENT * segments) return [];
  const enough = SAMPLES_PER_SEGMENT * segments;
  return [`${samples} samples are few for ${segments} segments: the weights may be noise. Take ${enough} or more.`];
}

export const limeMethod: Method<Classifier, LimeOptions> = {
  name: 'lime',
  title: 'LIME',
  aliases: ['LimeImageExplainer', 'LimeImage'],
  family: 'perturbation',
  explain: lime,
  options: {
    samples: '1000',
    wholeFirst: 'yes',
    seed: '0',
    ...SEGMENT_DEFAULTS,
    distance: 'segments',
    kernelWidth: '0.25',
    ridge: '1',
    lasso: '0',
    numFeatures: 'all',
    selection: 'auto',
    antithetic: 'no',
    ...ANYTIME_DEFAULTS,
  },
  needs: [],
  passes: { forward: 'samples + 1', backward: '0' },
  classesPerPass: 'all',
  isSigned: true,
  values: '`[segments]`, weight in units of the score',
  resolution: 'superpixels',
  score: 'probability',
  paper: { name: 'Ribeiro et al. 2016', url: 'https://arxiv.org/abs/1602.04938' },
  when: 'For a cut-out of the parts that count, which people read at once.',
};
