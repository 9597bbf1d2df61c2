/**
 * LIME: segments of the picture are switched off at random, and a linear model of the score is fitted to which were on.
 * Its weights say how much each segment speaks for the target.
 */
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { pixelsOf } from '../core/pixels.ts';
import type { Classifier, Photo } from '../core/predictor.ts';
import { random } from '../core/random.ts';
import { applyRecipe, type Scene } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import type { LimeExplanation } from './lime-explanation.ts';
import { DISTANCES, type Distance, pixelDistances, segmentDistances } from './mask-distance.ts';
import { maskGramInTurns } from './mask-gram.ts';
import { meanwhile } from './meanwhile.ts';
import { scoresUnder } from './scores-under.ts';
import { keeping, SEGMENT_DEFAULTS, type SegmentedOptions, segmented } from './segmented.ts';
import { type LimeSolverOptions, limeSolver, sampleWeights } from './solve-lime.ts';

export type { LimeExplanation, LimeSample } from './lime-explanation.ts';

export interface LimeOptions extends SegmentedOptions, LimeSolverOptions {
  /** Passes, the first of them on the whole picture; a million at most. Default: 1000. */
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
export const lime = explainer<Classifier, LimeOptions, LimeExplanation>(
  'lime',
  'probability',
  async (model, subject, options) => {
    const { kernelWidth = 0.25, ridge = 1, lasso = 0, numFeatures, selection = 'auto', wholeFirst = true } = options;
    const distance = checkChoice(options.distance ?? 'segments', 'distance', DISTANCES);
    const samples = checkInteger(options.samples ?? 1000, 'samples', 2, MOST_SAMPLES);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const { count, scene, described, attributed } = await segmented(subject, options, seed);
    const masks = drawMasks(samples, count, seed, wholeFirst);
    const distances = distance === 'pixels' ? pixelDistances(masks, scene) : segmentDistances(masks);
    const weights = sampleWeights(distances, kernelWidth);
    const [{ scores, forwardPasses }, solve] = await meanwhile(
      options.signal,
      (signal) => scoresUnder(model, subject, scene, keeping(masks), { ...options, signal }),
      async (signal) => limeSolver(masks, weights, await maskGramInTurns(masks, weights, count, signal), options),
    );

    return scores.map((ofTarget) => {
      const solution = solve(ofTarget);
      return {
        ...attributed(solution.weights),
        options: {
          ...{ samples, wholeFirst, ...described, distance, kernelWidth, ridge, lasso },
          ...(numFeatures === undefined ? {} : { numFeatures, selection }),
        },
        seed,
        forwardPasses: forwardPasses + 1,
        unit: `${subject.scoreKind} weight`,
        intercept: solution.intercept,
        r2: solution.r2,
        samplesUsed: samples,
        warnings: warningsOf(samples, count),
        sampled: (first) =>
          masks.slice(0, checkInteger(first, 'count')).map((keep, row) => ({
            keep,
            picture: samplePicture(subject, scene, keep),
            score: ofTarget[row]!,
            weight: weights[row]!,
          })),
      };
    });
  },
);

/** A coin decides for each segment of each row; where the whole picture comes first, row 0 keeps all. */
function drawMasks(samples: number, segments: number, seed: number, wholeFirst: boolean): Uint8Array[] {
  return Array.from({ length: samples }, (_, row) => {
    const { uniform } = random(seed, row);
    return Uint8Array.from({ length: segments }, () => ((wholeFirst && row === 0) || uniform() < 0.5 ? 1 : 0));
  });
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
