/**
 * Occlusion: a window slides over the picture x; where window m is replaced by the baseline, the score drops by
 * f(x) − f(x_m). A pixel's attribution is the mean drop over the windows that cover it.
 */

import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { PIXELS } from '../core/view.ts';
import { type Extent, type Rectangle, rectangle, type Window, windows } from './window.ts';
import { type ExactCheck, type IncrementalOptions, windowScores } from './window-scores.ts';

export interface OcclusionOptions extends IncrementalOptions {
  /** Default: a seventh of the input's shorter side, 32 at 224 pixels. */
  readonly window?: Extent | undefined;
  /** At most the window. Default: half the window, rounded down. */
  readonly stride?: Extent | undefined;
  /** What stands in the window. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
  /** Of the baseline `noise`. Default: 0. */
  readonly seed?: number | undefined;
}

export interface OcclusionAttribution extends Attribution {
  /** Where it was asked for, and the scores were incremental. */
  readonly exactCheck?: ExactCheck;
}

/**
 * How much the score drops where a window of the picture is covered: an attribution [C, H, W], signed, in units of the
 * score, equal in all channels. One forward pass per window, shared by all targets; of each only what the window changes, where that pays.
 * @throws `ERR_OPTION` where window, stride, baseline or seed is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1311.2901
 * @example
 * const { data, shape } = await occlusion(model, image, { target: 'cat', window: 32, stride: 16 });
 */
export const occlusion = explainer<Classifier, OcclusionOptions, OcclusionAttribution>(
  'occlusion',
  'logit',
  async (model, subject, options) => {
    const { baseline = 0, seed = 0 } = options;
    const [channels, height, width] = subject.picture.shape as [number, number, number];
    const { window, stride } = slidingOf(options, { height, width });
    const scene = { picture: subject.picture, baseline: baselineOf(baseline, subject, checkInteger(seed, 'seed')) };
    const places = windows({ height, width }, window, stride);
    const recipes = places.map((place) => ({ kind: 'window', ...place }) as const);
    const found = await windowScores(model, subject, scene, recipes, options);
    const { scores, forwardPasses, incremental, checks } = found;

    return subject.scores.map((score, at) => {
      const drops = scores[at]!.map((covered) => score - covered);
      const map = meanOverWindows(drops, places, { height, width });
      const data = new Float32Array(channels * map.length);
      for (let channel = 0; channel < channels; channel++) data.set(map, channel * map.length);
      return {
        data,
        shape: [channels, height, width],
        options: { window: { ...window }, stride: { ...stride }, baseline, incremental },
        seed,
        forwardPasses: forwardPasses + 1,
        backwardPasses: 0,
        lattice: PIXELS,
        fold: 'mean',
        unit: `${subject.scoreKind} drop`,
        ...(checks ? { exactCheck: checks[at]! } : {}),
        ...(options.exactCheck ? { warnings: [checkReport(checks?.[at])] } : {}),
      };
    });
  },
);

export const occlusionMethod: Method<Classifier, OcclusionOptions> = {
  name: 'occlusion',
  title: 'Occlusion',
  aliases: ['OcclusionSensitivity'],
  family: 'perturbation',
  explain: occlusion,
  options: {
    window: 'a seventh of the shorter side',
    stride: 'half the window',
    baseline: '0',
    seed: '0',
    incremental: 'yes',
    exactCheck: 'no',
  },
  needs: [],
  passes: { forward: 'windows + 1', backward: '0' },
  classesPerPass: 'all',
  isSigned: true,
  values: '`[C, H, W]`, drop of the score',
  resolution: 'the window, finer with a smaller stride',
  score: 'logit',
  paper: { name: 'Zeiler & Fergus 2013', url: 'https://arxiv.org/abs/1311.2901' },
  when: 'First, and wherever a result must be beyond doubt: it does what it says, without a model of the model.',
};

function checkReport(check: ExactCheck | undefined): string {
  if (!check) return 'Occlusion ran whole passes, window by window: there is no incremental result to check.';
  const { maxError, scoreRange } = check;
  const share = scoreRange > 0 ? `${(maxError / scoreRange).toExponential(1)} of the scores' range` : `${maxError}`;
  return `Incremental occlusion and whole passes differ by at most ${share}.`;
}

function slidingOf({ window, stride }: OcclusionOptions, picture: Rectangle): { window: Rectangle; stride: Rectangle } {
  const size = rectangle(window ?? seventhOf(picture), 'window', picture);
  const step = rectangle(stride ?? halfOf(size), 'stride', picture);
  if (step.height > size.height || step.width > size.width) {
    const wanted = `at most the window, ${size.height}x${size.width}`;
    const reason = 'With a larger stride some pixels would never be covered.';
    throw expected('ERR_OPTION', 'stride', wanted, `${step.height}x${step.width}`, reason);
  }
  return { window: size, stride: step };
}

const seventhOf = ({ height, width }: Rectangle) => Math.max(1, Math.round(Math.min(height, width) / 7));
const halfOf = ({ height, width }: Rectangle) => ({
  height: Math.max(1, Math.floor(height / 2)),
  width: Math.max(1, Math.floor(width / 2)),
});

/** The mean of `values` over the windows that cover each pixel [H · W]. */
function meanOverWindows(values: ArrayLike<number>, places: readonly Window[], picture: Rectangle): Float64Array {
  const sums = new Float64Array(picture.height * picture.width);
  const counts = new Uint32Array(sums.length);
  places.forEach((place, at) => {
    for (let y = place.y; y < place.y + place.height; y++) {
      for (let pixel = y * picture.width + place.x, end = pixel + place.width; pixel < end; pixel++) {
        sums[pixel]! += values[at]!;
        counts[pixel]! += 1;
      }
    }
  });
  return sums.map((sum, pixel) => sum / counts[pixel]!);
}
