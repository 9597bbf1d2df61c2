/** Which rule each operator has, by the names under which the literature, zennit and captum know them. */
import { stringAttribute } from '../../onnx/attributes.ts';
import { COPYING } from '../copying-rules.ts';
import { type Rule, refuse } from '../rule.ts';
import * as activation from '../rules/activation.ts';
import * as arithmetic from '../rules/arithmetic.ts';
import { Conv, ConvTranspose } from '../rules/convolution.ts';
import { Einsum } from '../rules/einsum.ts';
import type { Rules } from '../rules/index.ts';
import { ScatterElements, ScatterND, TopK } from '../rules/indexing.ts';
import { CumSum, Trilu } from '../rules/layout.ts';
import { Gemm, MatMul } from '../rules/linear.ts';
import { MatMulNBits, QuickGelu } from '../rules/microsoft.ts';
import { NORMALISED } from '../rules/normalised.ts';
import { BatchNormalization, LpNormalization, LRN } from '../rules/normalization.ts';
import { AveragePool, GlobalAveragePool, GlobalLpPool, GlobalMaxPool, LpPool, MaxPool } from '../rules/pooling.ts';
import { DequantizeLinear, DynamicQuantizeLinear, QuantizeLinear } from '../rules/quantization.ts';
import {
  ReduceL1,
  ReduceL2,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceSum,
  ReduceSumSquare,
} from '../rules/reduction.ts';
import { Resize } from '../rules/resizing.ts';
import * as trigonometry from '../rules/trigonometry.ts';
import { unmasked } from '../unmasked.ts';
import { alpha1Beta0, captumAlpha1Beta0, captumGamma, epsilonRule, flatRule, gammaRule } from './layer-rules.ts';
import { Div, normalisation, passed, Softmax, whole } from './passing.ts';
import { Mul, ofFactors } from './products.ts';
import { byPart, type LayerRule, ofLayer } from './shares.ts';
import type { Attention, Traits } from './traits.ts';

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
  readonly attention: Attention;
}

/** What keeps z away from 0 where ε is no parameter of the rule, as in zennit. */
const STABILISER = 1e-6;

/** The rule for a layer with weights, by its operator and by whether it is the first one. */
function layerRule(
  { rule, epsilon, gamma }: LrpParameters,
  nonNegative: ReadonlySet<string>,
): (operator: string, isFirst: boolean) => LayerRule {
  const plus = alpha1Beta0(STABILISER, nonNegative);
  const composite = (operator: string) => (operator.startsWith('Conv') ? plus : epsilonRule(epsilon));
  switch (rule) {
    case 'epsilon':
    case 'captum-epsilon':
      return () => epsilonRule(epsilon);
    case 'gamma':
      return () => gammaRule(gamma, STABILISER, nonNegative);
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

/** Element by element; Erf and Reciprocal may be reached too, where they are no gate. */
const { Softmax: _, LogSoftmax: __, ...activations } = activation;
const { Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow, Neg, Add, Sub, Sum, Mean, Max, Min, Where } = arithmetic;
const PASSED: Rules = {
  ...activations,
  ...trigonometry,
  ...{ Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow, Neg },
  ...{ LRN, LpNormalization, QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear },
  'com.microsoft.QuickGelu': QuickGelu,
};
/** They pick values as they are. */
const PICKING: Rules = { ...COPYING, Trilu, TopK, Where, Max, Min, MaxPool, GlobalMaxPool, ReduceMax, ReduceMin };
/** Linear, or such that the parts by the gradient add up to the value, as in a norm. */
const BY_PART: Rules = {
  ...{ Sum, Mean, AveragePool, GlobalAveragePool, ReduceSum, ReduceMean, Resize, CumSum },
  ...{ LpPool, GlobalLpPool, ReduceL1, ReduceL2 },
  'com.microsoft.MatMulNBits': MatMulNBits,
};

const all = (rules: Rules, change: (rule: Rule, operator: string) => Rule): Rules =>
  Object.fromEntries(Object.entries(rules).map(([operator, rule]) => [operator, change(rule, operator)]));

export function lrpRules(parameters: LrpParameters, { raw, gates, nonNegative }: Traits): Rules {
  const keepsBias = parameters.bias;
  const epsilon = parameters.rule.startsWith('captum') ? parameters.epsilon : STABILISER;
  const choose = layerRule(parameters, nonNegative);
  const layer = (rule: Rule): Rule => {
    const product = ofFactors(rule, gates, epsilon);
    return (context) => {
      const { node, wants } = context;
      if (wants(2)) refuse(node, 'a bias that does not depend on the picture', 'LRP');
      if (wants(0) && wants(1)) return product(context);
      const isFirst = node.inputs.some((value) => raw.has(value));
      return ofLayer(choose(node.op, isFirst), keepsBias)(context);
    };
  };
  const sum =
    (rule: Rule): Rule =>
    (context) => {
      const isBias = !context.wants(0) || !context.wants(1);
      const isPassed = isBias && (!keepsBias || context.node.inputs.some((value) => raw.has(value)));
      return (isPassed ? whole : byPart(rule, epsilon))(context);
    };
  const scattered =
    (rule: Rule): Rule =>
    (context) =>
      (stringAttribute(context.node, 'reduction', 'none') === 'none' ? rule : byPart(rule, epsilon))(context);
  return {
    ...all(PASSED, () => passed),
    ...all(PICKING, unmasked),
    ...all(BY_PART, (rule) => byPart(rule, epsilon)),
    ...all({ Conv, ConvTranspose, Gemm, MatMul }, layer),
    ...all({ Add, Sub }, sum),
    ...all({ ScatterElements, ScatterND }, scattered),
    ...Object.fromEntries(
      Object.entries(NORMALISED).map(([operator, form]) => [operator, normalisation(form, keepsBias, epsilon)]),
    ),
    BatchNormalization: keepsBias ? byPart(BatchNormalization, epsilon) : passed,
    ReduceSumSquare: (context) => byPart(ReduceSumSquare, epsilon)({ ...context, dy: context.mul(0.5, context.dy) }),
    Einsum: ofFactors(Einsum, gates, epsilon),
    ...{ Mul: Mul(gates), Div, Softmax },
  };
}
