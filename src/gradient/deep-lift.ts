/**
 * DeepLIFT, rescale rule: (x − x′) ⊙ m, where m is the product of the quotients Δoutput / Δinput on the way back.
 * Completeness: the values add up to f(x) − f(x′); what rounding adds is the convergence delta.
 */
import type { Attribution } from '../core/attribution.ts';
import { type BaselineSpec, baselineOf } from '../core/baseline.ts';
import { checkChoice, checkInteger } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import { besideReference } from './deep-lift/beside-reference.ts';
import { deepLiftRules, POOLINGS, type Pooling } from './deep-lift/rules.ts';
import type { Differentiable } from './differentiable.ts';
import { floatProducts } from './float-products.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { pixelAttributions } from './pixel-attributions.ts';
import type { Propagation } from './propagation.ts';

export interface DeepLiftOptions extends NoiseOptions {
  /** What the picture is compared with. Default: 0 in the model's input space. */
  readonly baseline?: BaselineSpec | undefined;
  /**
   * `complete`: a place at which several windows of a MaxPool have their maximum gets the sum of what each brings. `captum`: it
   * gets the last of it, and pools right behind an activation go by their gradient, with which the values do not add up.
   * Default: `complete`.
   */
  readonly pooling?: Pooling | undefined;
}

export interface DeepLiftAttribution extends Attribution {
  /** Σ attribution − (f(x) − f(x′)), in units of the score; none under noise. */
  readonly convergenceDelta?: number;
}

const deepLiftWith = (pooling: Pooling): Propagation => ({
  name: `DeepLIFT, ${pooling} pooling`,
  title: 'DeepLIFT',
  prepare(graph, input) {
    const both = besideReference(floatProducts(graph), input);
    return { graph: both.graph, reference: both.reference, rules: deepLiftRules(both, pooling) };
  },
  finish: (multiplier, { mul, sub }, picture, reference) => mul(multiplier, sub(picture, reference!)),
});

/**
 * How much each value of the model's input adds to the difference of the scores of the picture and a baseline: an
 * attribution [C, H, W], signed, in units of the score. One pass back for each target, and a forward pass of each of the two.
 * @throws `ERR_OPTION` where baseline, seed or noise is out of range; `ERR_OPERATOR` for a model with operators that
 * have no DeepLIFT rule; `ERR_TARGET` where a target is no class
 * @see https://arxiv.org/abs/1704.02685
 * @example
 * const { data, convergenceDelta } = await deepLift(model, image, { target: 'cat', baseline: 'black' });
 */
export const deepLift = explainer<Differentiable, DeepLiftOptions, DeepLiftAttribution>(
  'deep-lift',
  'logit',
  async (model, subject, options) => {
    const { baseline: spec = 0, seed = 0, noise, signal } = options;
    const { picture, targets, scoreKind: score, scores } = subject;
    const baseline = baselineOf(spec, subject, checkInteger(seed, 'seed'));
    const pooling = checkChoice(options.pooling ?? 'complete', 'pooling', POOLINGS);
    const request = { propagation: deepLiftWith(pooling), baseline, unit: score };
    const found = await pixelAttributions(model, subject, options, request);
    const start = await model.predict({ picture, baseline }, [{ kind: 'path', alpha: 0 }], {
      targets: targets.map(({ index }) => index),
      score,
      signal,
    });
    return found.map((attribution, at) => ({
      ...attribution,
      options: { baseline: spec, pooling, ...attribution.options },
      seed,
      forwardPasses: 2 * attribution.backwardPasses + 2,
      fold: 'sum',
      ...(noise ? {} : { convergenceDelta: total(attribution.data) - (scores[at]! - start.values[at]!) }),
    }));
  },
);

const total = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

export const deepLiftMethod: Method<Differentiable, DeepLiftOptions> = {
  name: 'deep-lift',
  title: 'DeepLIFT',
  aliases: [],
  family: 'gradient',
  explain: deepLift,
  options: { baseline: '0', pooling: 'complete', ...NOISE_DEFAULTS },
  needs: ['gradient'],
  passes: { forward: '4', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, share of the score',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Shrikumar et al. 2017', url: 'https://arxiv.org/abs/1704.02685' },
  when: 'Where the values must add up to the score and Integrated Gradients takes too long.',
};
