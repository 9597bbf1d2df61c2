/**
 * Layer-wise relevance propagation: the score goes back layer by layer, shared among inputs by their part in each output.
 * Conservation: the values add up to the score, less what biases and stabilisers keep, which is the convergence delta.
 */
import type { Attribution } from '../core/attribution.ts';
import { checkChoice, checkNumber } from '../core/check.ts';
import { explainer } from '../core/explainer.ts';
import type { Method } from '../core/method.ts';
import type { Differentiable } from './differentiable.ts';
import { floatProducts } from './float-products.ts';
import { mergedNormalizations } from './lrp/merged-normalization.ts';
import { LRP_RULES, type LrpParameters, type LrpRule, lrpRules } from './lrp/rules.ts';
import { ATTENTIONS, type Attention, traitsOf } from './lrp/traits.ts';
import { NOISE_DEFAULTS, type NoiseOptions } from './noise-tunnel.ts';
import { pixelAttributions } from './pixel-attributions.ts';
import type { Propagation } from './propagation.ts';

export interface LrpOptions extends NoiseOptions {
  /**
   * For layers with weights. `epsilon`, `gamma`, `alpha1-beta0`: one rule for all. `epsilon-plus`: ε for dense layers and α1β0
   * (z⁺) for convolutions; `epsilon-plus-flat`: the same with the flat rule for the first layer; these as in zennit.
   * `captum-epsilon`, `captum-gamma`, `captum-alpha1-beta0`: as in captum, which takes batch normalisations for layers of
   * their own, and inputs for positive. Default: `epsilon-plus`.
   */
  readonly rule?: LrpRule | undefined;
  /** Of the ε rule. Default: 1e-6; captum's: 1e-9. */
  readonly epsilon?: number | undefined;
  /** How much positive parts are favoured by the γ rule. Default: 0.25. */
  readonly gamma?: number | undefined;
  /**
   * Whether biases keep their part of the relevance. `false`: they count for nothing, as with zennit's `zero_params='bias'` and
   * captum's `set_bias_to_zero`, so that the values add up to the score. Default: true.
   */
  readonly bias?: boolean | undefined;
  /**
   * `constant`: attention's probabilities count as constants, and the values that they weigh take all (Ali et al. 2022).
   * `attn-lrp`: both factors take half, and what the probabilities get goes on through the softmax (Achtibat et al. 2024).
   * Default: `constant`.
   */
  readonly attention?: Attention | undefined;
}

export interface LrpAttribution extends Attribution {
  /** Σ attribution − f(x): minus what biases and stabilisers kept, in units of the score; none under noise. */
  readonly convergenceDelta?: number;
}

const lrpBy = (parameters: LrpParameters): Propagation => ({
  name: `LRP ${Object.values(parameters).join(' ')}`,
  title: 'LRP',
  start: 'score',
  wholeClassifier: true,
  prepare(graph, input) {
    const isMerged = !parameters.rule.startsWith('captum');
    const floats = floatProducts(graph);
    const merged = isMerged ? mergedNormalizations(floats) : floats;
    return { graph: merged, rules: lrpRules(parameters, traitsOf(merged, input, parameters.attention)) };
  },
});

/**
 * How much of the score each value of the model's input is responsible for: an attribution [C, H, W], signed, in units of the
 * score. One forward pass and one pass back per target.
 * @throws `ERR_OPTION` where rule, epsilon, gamma, attention or noise is out of range; `ERR_OPERATOR` for a model with operators
 * that have no LRP rule; `ERR_TARGET` where a target is no class
 * @see https://doi.org/10.1371/journal.pone.0130140
 * @see https://arxiv.org/abs/2202.07304
 * @see https://arxiv.org/abs/2402.05602
 * @example
 * const { data, convergenceDelta } = await lrp(model, image, { target: 'cat', rule: 'epsilon-plus-flat' });
 */
export const lrp = explainer<Differentiable, LrpOptions, LrpAttribution>(
  'lrp',
  'logit',
  async (model, subject, options) => {
    const rule = checkChoice(options.rule ?? 'epsilon-plus', 'rule', LRP_RULES);
    const epsilon = checkNumber(options.epsilon ?? (rule.startsWith('captum') ? 1e-9 : 1e-6), 'epsilon', 0);
    const gamma = checkNumber(options.gamma ?? 0.25, 'gamma', 0);
    const { bias = true } = options;
    const attention = checkChoice(options.attention ?? 'constant', 'attention', ATTENTIONS);
    const request = { propagation: lrpBy({ rule, epsilon, gamma, bias, attention }), unit: subject.scoreKind };
    const found = await pixelAttributions(model, subject, options, request);
    return found.map((attribution, at) => ({
      ...attribution,
      options: { rule, epsilon, gamma, bias, attention, ...attribution.options },
      fold: 'sum',
      ...(options.noise ? {} : { convergenceDelta: total(attribution.data) - subject.scores[at]! }),
    }));
  },
);

const total = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

export const lrpMethod: Method<Differentiable, LrpOptions> = {
  name: 'lrp',
  title: 'LRP',
  aliases: ['LayerwiseRelevancePropagation'],
  family: 'gradient',
  explain: lrp,
  options: {
    rule: 'epsilon-plus',
    epsilon: '1e-6',
    gamma: '0.25',
    bias: 'yes',
    attention: 'constant',
    ...NOISE_DEFAULTS,
  },
  needs: ['gradient'],
  passes: { forward: '2', backward: '1' },
  classesPerPass: 'one',
  isSigned: true,
  values: '`[C, H, W]`, share of the score',
  resolution: 'pixels',
  score: 'logit',
  paper: { name: 'Bach et al. 2015', url: 'https://doi.org/10.1371/journal.pone.0130140' },
  when: 'For quiet maps from one pass, of convolutional networks and of transformers.',
};
