/**
 * Occlusion: a window slides over the picture x; where window m is replaced by the baseline, the score drops by
 * f(x) − f(x_m). A pixel's attribution is the mean drop over the windows that cover it.
 */

import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkInteger } from '../core/check.ts';
import { expected } from '../core/errors.ts';
import { explainer, type PartialOptions } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { PIXELS } from '../core/view.ts';
import { given } from './given.ts';
import { type Extent, type Rectangle, rectangle, spans, type Window, windows } from './window.ts';
import { type ExactCheck, type IncrementalOptions, type WindowScores, windowScores } from './window-scores.ts';

export interface OcclusionOptions extends IncrementalOptions {
  /** Default: a seventh of the input's shorter side, 32 at 224 pixels. */
  readonly window?: Extent | undefined;
  /** At most the window. Default: half the window, rounded down. */
  readonly stride?: Extent | undefined;
  /** What stands in the window. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
  /** Of the baseline `noise`. Default: 0. */
  readonly seed?: number | undefined;
  /**
   * Whether only windows about as far apart as they are large run everywhere, and those between only where the scores around them
   * disagree; the others are interpolated. Default: false, all run.
   */
  readonly adaptive?: boolean | undefined;
}

export interface OcclusionAttribution extends Attribution {
  /** Where it is adaptive: how many windows ran, and how many there are. */
  readonly windowsUsed?: number;
  readonly windowsOfGrid?: number;
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
export const occlusion = explainer<Classifier, OcclusionOptions & PartialOptions, OcclusionAttribution>(
  'occlusion',
  'logit',
  async (model, subject, options, { publish }) => {
    const { baseline = 0, seed = 0, adaptive = false } = options;
    const [channels, height, width] = subject.picture.shape as [number, number, number];
    const { window, stride } = slidingOf(options, { height, width });
    const scene = { picture: subject.picture, baseline: baselineOf(baseline, subject, checkInteger(seed, 'seed')) };
    const places = windows({ height, width }, window, stride);
    const lattice = latticeOf({ height, width }, window, stride);
    const sliding = {
      windows: places.map((place) => ({ kind: 'window', ...place }) as const),
      grid: lattice.grid,
      steps: adaptive ? lattice.steps : { down: 1, across: 1 },
    };

    const found = ({ values, measured, forwardPasses, incremental, checks }: WindowScores) =>
      subject.scores.map((score, target) => {
        const drops = values[target]!.map((covered) => score - covered);
        const map = meanOverWindows(drops, places, { height, width });
        const data = new Float32Array(channels * map.length);
        for (let channel = 0; channel < channels; channel++) data.set(map, channel * map.length);
        const counts = { windowsUsed: measured.length, windowsOfGrid: places.length };
        return {
          data,
          shape: [channels, height, width],
          options: { window: { ...window }, stride: { ...stride }, baseline, incremental, ...given({ adaptive }) },
          seed,
          forwardPasses: forwardPasses + 1,
          backwardPasses: 0,
          lattice: PIXELS,
          fold: 'mean' as const,
          unit: `${subject.scoreKind} drop`,
          ...(adaptive ? counts : {}),
          ...(checks ? { exactCheck: checks[target]! } : {}),
          warnings: [
            ...(adaptive ? [refinementReport(counts)] : []),
            ...(options.exactCheck ? [checkReport(checks?.[target])] : []),
          ],
        };
      });

    const onRound = publish && ((soFar: WindowScores) => publish(found(soFar)));
    return found(await windowScores(model, subject, scene, sliding, options, onRound));
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
    adaptive: 'no',
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

const refinementReport = ({ windowsUsed, windowsOfGrid }: { windowsUsed: number; windowsOfGrid: number }) =>
  `Adaptive occlusion ran ${windowsUsed} of ${windowsOfGrid} windows; the others are interpolated.`;

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

/** The grid of windows, and the most that those that run first can be apart so that every pixel is in one: 2ᵏ strides, at most a window. */
const latticeOf = (picture: Rectangle, window: Rectangle, stride: Rectangle) => ({
  grid: {
    rows: spans(picture.height, window.height, stride.height).length,
    columns: spans(picture.width, window.width, stride.width).length,
  },
  steps: {
    down: 2 ** Math.floor(Math.log2(window.height / stride.height)),
    across: 2 ** Math.floor(Math.log2(window.width / stride.width)),
  },
});

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
