/**
 * KernelSHAP: each segment's Shapley value, its mean share in the score over all orders in which segments can be put back
 * into the picture. It is a regression of the score on coalitions of segments under the Shapley kernel.
 */
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer, type PartialOptions } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { drawnCoalitions, enumeratedCoalitions, firstCoalitions, spreadOrder } from './coalitions.ts';
import { fittedEstimate } from './fitted-estimate.ts';
import { given } from './given.ts';
import { inTurns } from './in-turns.ts';
import { maskGram } from './mask-gram.ts';
import type { SegmentExplanation } from './segment/segment-explanation.ts';
import { keeping, SEGMENT_DEFAULTS, type Segmented, type SegmentedOptions, segmented } from './segmented.ts';
import { shapleySolver } from './solve-shapley.ts';
import { standardErrors } from './spread.ts';
import { ANYTIME_DEFAULTS, type AnytimeOptions, inStages, startLimits } from './stages.ts';

/** How coalitions are chosen. */
export const SAMPLINGS = ['enumerated', 'captum'] as const;

export interface KernelShapOptions extends SegmentedOptions, AnytimeOptions {
  /** Coalitions at most, beside none and all. Default: 2 M + 2048 for M segments, as in shap. */
  readonly samples?: number | undefined;
  /**
   * `enumerated` (the default, shap's): the smallest and largest coalitions as a whole, the others drawn in pairs with their
   * complements · `captum`: all drawn, each by itself.
   */
  readonly sampling?: (typeof SAMPLINGS)[number] | undefined;
  /** Of the coalitions. Default: 0. */
  readonly seed?: number | undefined;
}

const COALITIONS = { enumerated: enumeratedCoalitions, captum: drawnCoalitions };

/**
 * How much each superpixel adds to the target's score: an attribution [segments], signed, in units of the score, which is
 * the probability by default. The values add up to f(x) − f(x′) exactly, x′ being the picture with all segments off. With
 * 2ᴹ − 2 samples or more they are the exact Shapley values. All targets share the passes.
 * @throws `ERR_OPTION` where an option is out of range; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1705.07874
 * @example
 * const { data, intercept } = await kernelShap(model, image, { target: 'cat', segments: 10, samples: 300 });
 */
export const kernelShap = explainer<Classifier, KernelShapOptions & PartialOptions, SegmentExplanation, Segmented>(
  'kernel-shap',
  'probability',
  async (model, subject, options, { begin, publish, beside }) => {
    const limits = startLimits(options, begin);
    const { tolerance, budget } = options;
    const sampling = checkChoice(options.sampling ?? 'enumerated', 'sampling', SAMPLINGS);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const { count, scene, described, attributed } = beside;
    const samples = checkInteger(options.samples ?? 2 * count + 2048, 'samples', 2, 1_000_000);
    const coalitions = await inTurns(COALITIONS[sampling](count, samples, seed), options.signal);
    const order = spreadOrder(coalitions, seed);
    const asked = [new Uint8Array(count), ...Array.from(order, (at) => coalitions.masks[at]!)];

    const passes = {
      samples: asked.length,
      least: Math.min(asked.length, 5),
      *recipes(first: number, end: number) {
        yield;
        return keeping(asked.slice(first, end));
      },
      *prepare(used: number) {
        const isAll = used === asked.length;
        const taken = isAll ? coalitions : firstCoalitions(coalitions, order, used - 1);
        const gram = yield* maskGram(taken.masks, taken.weights, count);
        const { solve, isDetermined } = yield* shapleySolver(taken, count, gram);
        const fit = (ofTarget: Float64Array, target: number) => {
          const scores = isAll ? new Float64Array(order.length) : ofTarget.subarray(1);
          if (isAll) for (const [at, coalition] of order.entries()) scores[coalition] = ofTarget[at + 1]!;
          return solve(scores, ofTarget[0]!, subject.scores[target]! - ofTarget[0]!);
        };
        return (scores: readonly Float64Array[]) =>
          fittedEstimate(scores, fit, ({ coefficients, spread }, ofTarget, remarks) => ({
            ...attributed(coefficients),
            options: { samples, sampling, ...described, ...given({ tolerance, budget }) },
            seed,
            forwardPasses: used + 1,
            unit: `${subject.scoreKind} share`,
            intercept: ofTarget[0]!,
            samplesUsed: taken.masks.length,
            ...given({ standardError: standardErrors(spread) }),
            warnings: [...(isDetermined ? [] : [tooFew(taken.masks.length, count)]), ...remarks],
          }));
      },
    };
    // The picture without any segment is asked about too, and is no coalition.
    const end = limits.end === undefined ? undefined : limits.end + 1;
    return inStages(model, subject, scene, passes, { ...limits, end }, options, publish);
  },
  segmented,
);

const tooFew = (coalitions: number, segments: number) =>
  `${coalitions} coalitions do not tell ${segments} segments apart: of the values that fit, the smallest are given. Take ${4 * segments} or more.`;

export const kernelShapMethod: Method<Classifier, KernelShapOptions> = {
  name: 'kernel-shap',
  title: 'KernelSHAP',
  aliases: ['KernelExplainer'],
  family: 'perturbation',
  explain: kernelShap,
  options: {
    samples: '2048 and two for each segment',
    sampling: 'enumerated',
    seed: '0',
    ...SEGMENT_DEFAULTS,
    ...ANYTIME_DEFAULTS,
  },
  needs: [],
  passes: { forward: 'samples + 2 at most', backward: '0' },
  classesPerPass: 'all',
  isSigned: true,
  values: '`[segments]`, share of the score',
  resolution: 'superpixels',
  score: 'probability',
  paper: { name: 'Lundberg & Lee 2017', url: 'https://arxiv.org/abs/1705.07874' },
  when: 'Where the segments’ values must add up to the score, fairly shared.',
};
