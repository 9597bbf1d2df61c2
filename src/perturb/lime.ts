/**
 * LIME: segments of the picture are switched off at random, and a linear model of the score is fitted to which were on.
 * Its weights say how much each segment speaks for the target.
 */
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkInteger } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { pixelsOf } from '../core/pixels.ts';
import type { Classifier, Photo } from '../core/predictor.ts';
import { random } from '../core/random.ts';
import { applyRecipe, type Scene } from '../core/recipe.ts';
import type { Subject } from '../core/subject.ts';
import { PIXELS } from '../core/view.ts';
import type { LimeExplanation } from './lime-explanation.ts';
import { segmentBoundaries, segmentMask } from './segment/segment-mask.ts';
import { segmentMeans } from './segment/segment-means.ts';
import { describeSegmentation, type SegmentationOptions, segmentation } from './segment/segmentation.ts';
import { type LimeSolverOptions, limeSolver } from './solve-lime.ts';

export type { LimeExplanation, LimeSample } from './lime-explanation.ts';

export interface LimeOptions extends SegmentationOptions, LimeSolverOptions {
  /** Passes, the first of them on the whole picture; a million at most. Default: 1000. */
  readonly samples?: number | undefined;
  /** Of the samples. Default: 0. */
  readonly seed?: number | undefined;
  /** What stands in a segment that is off: `segment-mean` (or `mean`, the default), its mean colour; or any other baseline, such as `R,G,B`. */
  readonly fill?: BaselineSpec | undefined;
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
    const { kernelWidth = 0.25, ridge = 1, fill = 'segment-mean', signal, onProgress } = options;
    const samples = checkInteger(options.samples ?? 1000, 'samples', 2, MOST_SAMPLES);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const { labels, originals } = segmentation(pixelsOf(subject.picture, subject.normalisation), options);
    const masks = drawMasks(samples, originals.length, seed);
    const { sampleWeights, solve } = limeSolver(masks, { kernelWidth, ridge });
    const scene = sceneOf(subject, labels, originals.length, fill, seed);
    const targets = subject.targets.map(({ index }) => index);
    const recipes = masks.map((keep) => ({ kind: 'segments', keep }) as const);
    const request = { targets, score: subject.scoreKind, signal, onProgress };
    const { values, forwardPasses } = await model.predict(scene, recipes, request);
    const inputSize = subject.picture.shape.slice(1) as [number, number];
    const onPhoto = { labels, inputSize, view: subject.view };

    return targets.map((_, at) => {
      const scores = Float64Array.from(masks, (_, row) => values[row * targets.length + at]!);
      const solution = solve(scores);
      return {
        data: Float32Array.from(solution.weights),
        shape: [originals.length],
        options: { samples, ...describeSegmentation(options), kernelWidth, ridge, fill },
        seed,
        forwardPasses: forwardPasses + 1,
        backwardPasses: 0,
        lattice: PIXELS,
        fold: 'mean',
        unit: `${subject.scoreKind} weight`,
        segments: labels,
        segmentLabels: originals,
        intercept: solution.intercept,
        r2: solution.r2,
        samplesUsed: samples,
        warnings: warningsOf(samples, originals.length),
        mask: (maskOptions) => segmentMask(solution.weights, onPhoto, maskOptions),
        boundaries: () => segmentBoundaries(onPhoto),
        sampled: (count) =>
          masks.slice(0, checkInteger(count, 'count')).map((keep, row) => ({
            keep,
            picture: samplePicture(subject, scene, keep),
            score: scores[row]!,
            weight: sampleWeights[row]!,
          })),
      };
    });
  },
);

/** Row 0 keeps every segment; in the others a coin decides for each. */
function drawMasks(samples: number, segments: number, seed: number): Uint8Array[] {
  return Array.from({ length: samples }, (_, row) => {
    const { uniform } = random(seed, row);
    return Uint8Array.from({ length: segments }, () => (row === 0 || uniform() < 0.5 ? 1 : 0));
  });
}

function sceneOf(subject: Subject, labels: Int32Array, count: number, fill: BaselineSpec, seed: number): Scene {
  const { picture } = subject;
  const segments = new Int32Array(new SharedArrayBuffer(labels.byteLength));
  segments.set(labels);
  const isMean = fill === 'segment-mean' || fill === 'mean';
  const baseline = isMean ? segmentMeans(picture, labels, count) : baselineOf(fill, subject, seed);
  return { picture, baseline, segments };
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
    seed: '0',
    segmentation: 'slic',
    segments: '60',
    compactness: '10',
    sigma: '1',
    kernelWidth: '0.25',
    ridge: '1',
    fill: 'mean',
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
