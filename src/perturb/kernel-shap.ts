/**
 * KernelSHAP: each segment's Shapley value, its mean share in the score over all orders in which segments can be put back
 * into the picture. It is a regression of the score on coalitions of segments under the Shapley kernel.
 */
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Classifier } from '../core/predictor.ts';
import { drawnCoalitions, enumeratedCoalitions } from './coalitions.ts';
import { maskGramInTurns } from './mask-gram.ts';
import { meanwhile } from './meanwhile.ts';
import { scoresUnder } from './scores-under.ts';
import type { SegmentExplanation } from './segment/segment-explanation.ts';
import { keeping, SEGMENT_DEFAULTS, type SegmentedOptions, segmented } from './segmented.ts';
import { shapleySolver } from './solve-shapley.ts';

/** How coalitions are chosen. */
export const SAMPLINGS = ['enumerated', 'captum'] as const;

export interface KernelShapOptions extends SegmentedOptions {
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
export const kernelShap = explainer<Classifier, KernelShapOptions, SegmentExplanation>(
  'kernel-shap',
  'probability',
  async (model, subject, options) => {
    const sampling = checkChoice(options.sampling ?? 'enumerated', 'sampling', SAMPLINGS);
    const seed = checkInteger(options.seed ?? 0, 'seed');
    const { count, scene, described, attributed } = await segmented(subject, options, seed);
    const samples = checkInteger(options.samples ?? 2 * count + 2048, 'samples', 2, 1_000_000);
    const coalitions = COALITIONS[sampling](count, samples, seed);
    const recipes = keeping([new Uint8Array(count), ...coalitions.masks]);
    const [{ scores, forwardPasses }, { solve, isDetermined }] = await meanwhile(
      options.signal,
      (signal) => scoresUnder(model, subject, scene, recipes, { ...options, signal }),
      async (signal) =>
        shapleySolver(coalitions, count, await maskGramInTurns(coalitions.masks, coalitions.weights, count, signal)),
    );

    return scores.map((ofTarget, at) => {
      const none = ofTarget[0]!;
      return {
        ...attributed(solve(ofTarget.subarray(1), none, subject.scores[at]! - none)),
        options: { samples, sampling, ...described },
        seed,
        forwardPasses: forwardPasses + 1,
        unit: `${subject.scoreKind} share`,
        intercept: none,
        samplesUsed: coalitions.masks.length,
        warnings: isDetermined ? [] : [tooFew(coalitions.masks.length, count)],
      };
    });
  },
);

const tooFew = (coalitions: number, segments: number) =>
  `${coalitions} coalitions do not tell ${segments} segments apart: of the values that fit, the smallest are given. Take ${4 * segments} or more.`;

export const kernelShapMethod: Method<Classifier, KernelShapOptions> = {
  name: 'kernel-shap',
  title: 'KernelSHAP',
  aliases: ['KernelExplainer'],
  family: 'perturbation',
  explain: kernelShap,
  options: { samples: '2048 and two for each segment', sampling: 'enumerated', seed: '0', ...SEGMENT_DEFAULTS },
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
