/** The DeepLIFT rule of every operator that has one. */
import { COPYING } from '../copying-rules.ts';
import * as activation from '../rules/activation.ts';
import * as arithmetic from '../rules/arithmetic.ts';
import { Conv, ConvTranspose } from '../rules/convolution.ts';
import { Einsum } from '../rules/einsum.ts';
import type { Rules } from '../rules/index.ts';
import { CumSum, Trilu } from '../rules/layout.ts';
import { Gemm, MatMul } from '../rules/linear.ts';
import * as microsoft from '../rules/microsoft.ts';
import { BatchNormalization } from '../rules/normalization.ts';
import { AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool } from '../rules/pooling.ts';
import { ReduceMean, ReduceSum } from '../rules/reduction.ts';
import { Resize } from '../rules/resizing.ts';
import * as trigonometry from '../rules/trigonometry.ts';
import { captumMaxPool } from './captum-pooling.ts';
import { beside, type LiftRule } from './context.ts';
import { crossMaximum, multilinear, rescaled } from './elementary.ts';
import { Div, LayerNormalization, Softmax } from './normalizing.ts';

const { Softmax: _, LogSoftmax: __, ...elementwise } = activation;
const { Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow, Add, Sub, Mul, Sum, Mean, Neg } = arithmetic;

const RESCALED: Rules = {
  ...elementwise,
  ...trigonometry,
  ...{ Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow },
  'com.microsoft.QuickGelu': microsoft.QuickGelu,
};

const MULTILINEAR: Rules = {
  ...COPYING,
  ...{ Conv, ConvTranspose, Gemm, MatMul, Einsum, BatchNormalization, AveragePool, GlobalAveragePool },
  ...{ Add, Sub, Mul, Sum, Mean, Neg, ReduceSum, ReduceMean, CumSum, Trilu, Resize },
};

const each = <From, To>(rules: { readonly [operator: string]: From }, change: (rule: From) => To) =>
  Object.fromEntries(Object.entries(rules).map(([operator, rule]) => [operator, change(rule)]));

const LIFT_RULES: { readonly [operator: string]: LiftRule } = {
  ...each(RESCALED, rescaled),
  ...each(MULTILINEAR, multilinear),
  ...each({ MaxPool, GlobalMaxPool }, crossMaximum),
  ...{ Div, Softmax, LayerNormalization },
};

const LIKE_CAPTUM: typeof LIFT_RULES = { ...LIFT_RULES, MaxPool: captumMaxPool };

export const POOLINGS = ['complete', 'captum'] as const;
/** How MaxPool shares out: so that the values add up, or as captum has it. */
export type Pooling = (typeof POOLINGS)[number];

/** The rules for a graph in which each value has a counterpart. */
export const deepLiftRules = (counterpart: (value: string) => string, pooling: Pooling): Rules =>
  each(pooling === 'captum' ? LIKE_CAPTUM : LIFT_RULES, beside(counterpart));
