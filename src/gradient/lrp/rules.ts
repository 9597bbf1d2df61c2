/** Which rule each operator has, by the names under which the literature, zennit and captum know them. */
import { COPYING } from '../copying-rules.ts';
import type { Rule } from '../rule.ts';
import * as activation from '../rules/activation.ts';
import { Add, Mean, Sub, Sum } from '../rules/arithmetic.ts';
import type { Rules } from '../rules/index.ts';
import * as microsoft from '../rules/microsoft.ts';
import { BatchNormalization } from '../rules/normalization.ts';
import { AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool } from '../rules/pooling.ts';
import { ReduceMax, ReduceMean, ReduceSum } from '../rules/reduction.ts';
import { Resize } from '../rules/resizing.ts';
import { unmasked } from '../unmasked.ts';
import { alpha1Beta0, captumAlpha1Beta0, captumGamma, epsilonRule, flatRule, gammaRule } from './layer-rules.ts';
import { Div, Mul, passed } from './passing.ts';
import { byPart, type LayerRule, ofLayer } from './shares.ts';

export const LRP_RULES = [
  'epsilon',
  'gamma',
  'alpha1-beta0',
  'epsilon-plus',
  'epsilon-plus-flat',
  'captum-epsilon',
  'captum-gamma',
  'captum-alpha1-beta0',
] as const;
export type LrpRule = (typeof LRP_RULES)[number];

export interface LrpParameters {
  readonly rule: LrpRule;
  readonly epsilon: number;
  readonly gamma: number;
  /** Whether biases keep their part. */
  readonly bias: boolean;
}

/** What keeps z away from 0 where ε is no parameter of the rule, as in zennit. */
const STABILISER = 1e-6;

/** The rule for a layer with weights, by its operator and by whether it is the first one. */
function layerRule({ rule, epsilon, gamma }: LrpParameters): (operator: string, isFirst: boolean) => LayerRule {
  const plus = alpha1Beta0(STABILISER);
  const composite = (operator: string) => (operator.startsWith('Conv') ? plus : epsilonRule(epsilon));
  switch (rule) {
    case 'epsilon':
    case 'captum-epsilon':
      return () => epsilonRule(epsilon);
    case 'gamma':
      return () => gammaRule(gamma, STABILISER);
    case 'alpha1-beta0':
      return () => plus;
    case 'epsilon-plus':
      return composite;
    case 'epsilon-plus-flat':
      return (operator, isFirst) => (isFirst ? flatRule(STABILISER) : composite(operator));
    case 'captum-gamma':
      return () => captumGamma(gamma, epsilon);
    case 'captum-alpha1-beta0':
      return () => captumAlpha1Beta0(epsilon);
  }
}

const all = (rules: Rules, change: (rule: Rule, operator: string) => Rule): Rules =>
  Object.fromEntries(Object.entries(rules).map(([operator, rule]) => [operator, change(rule, operator)]));

const { Softmax: _, LogSoftmax: __, ...activations } = activation;
const PASSED = {
  ...activations,
  'com.microsoft.QuickGelu': microsoft.QuickGelu,
};
const BY_PART = { Sum, Mean, AveragePool, GlobalAveragePool, ReduceSum, ReduceMean, Resize, BatchNormalization };

/** @param raw values that come before the first layer with weights */
export function lrpRules(parameters: LrpParameters, raw: ReadonlySet<string>): Rules {
  const epsilon = parameters.rule.startsWith('captum') ? parameters.epsilon : STABILISER;
  const choose = layerRule(parameters);
  const layer: Rule = (context) => {
    const isFirst = context.node.inputs.some((value) => raw.has(value));
    return ofLayer(choose(context.node.op, isFirst), parameters.bias)(context);
  };
  const sum =
    (rule: Rule): Rule =>
    (context) => {
      const isBias = !context.wants(0) || !context.wants(1);
      const isPassed = context.node.inputs.some((value) => raw.has(value)) || (isBias && !parameters.bias);
      return (isPassed ? rule : byPart(rule, epsilon))(context);
    };
  return {
    ...COPYING,
    ...all(PASSED, () => passed),
    ...{ Conv: layer, ConvTranspose: layer, Gemm: layer, MatMul: layer },
    ...all(BY_PART, (rule) => byPart(rule, epsilon)),
    ...all({ Add, Sub }, sum),
    ...all({ MaxPool, GlobalMaxPool, ReduceMax }, unmasked),
    ...{ Mul, Div, Neg: passed, LRN: passed },
  };
}
