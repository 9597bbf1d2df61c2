/** The DeepLIFT rule of every operator that has one. */
import { COPYING } from '../copying-rules.ts';
import * as activation from '../rules/activation.ts';
import * as arithmetic from '../rules/arithmetic.ts';
import { Conv, ConvTranspose } from '../rules/convolution.ts';
import { Einsum } from '../rules/einsum.ts';
import type { Rules } from '../rules/index.ts';
import { ScatterElements, ScatterND } from '../rules/indexing.ts';
import { CumSum, Trilu } from '../rules/layout.ts';
import { Gemm, MatMul } from '../rules/linear.ts';
import { MatMulNBits, QuickGelu } from '../rules/microsoft.ts';
import { NORMALISED } from '../rules/normalised.ts';
import { BatchNormalization } from '../rules/normalization.ts';
import { AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool } from '../rules/pooling.ts';
import { ReduceMax, ReduceMean, ReduceMin, ReduceSum } from '../rules/reduction.ts';
import { Resize } from '../rules/resizing.ts';
import * as trigonometry from '../rules/trigonometry.ts';
import { unmasked } from '../unmasked.ts';
import { captumMaxPool } from './captum-pooling.ts';
import { Max, Min, Where } from './choices.ts';
import { beside, type LiftRule } from './context.ts';
import { crossExtreme, multilinear, ofTwo, rescaled } from './elementary.ts';
import { Div, LogSoftmax, LRN, normalised, Softmax } from './normalizing.ts';
import * as norms from './norms.ts';
import * as quantising from './quantising.ts';

const { Softmax: _, LogSoftmax: __, ...elementwise } = activation;
const { Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow, Mod, Add, Sub, Mul, Sum, Mean, Neg } = arithmetic;

const RESCALED: Rules = {
  ...elementwise,
  ...trigonometry,
  ...{ Abs, Reciprocal, Sqrt, Exp, Log, Erf, Pow, Mod },
  'com.microsoft.QuickGelu': QuickGelu,
};

const MULTILINEAR: Rules = {
  ...COPYING,
  ...{ Conv, ConvTranspose, Gemm, MatMul, BatchNormalization, AveragePool, GlobalAveragePool },
  ...{ Add, Sub, Mul, Sum, Mean, Neg, ReduceSum, ReduceMean, CumSum, Trilu, Resize, ScatterElements, ScatterND },
  'com.microsoft.MatMulNBits': MatMulNBits,
};

const each = <From, To>(rules: { readonly [operator: string]: From }, change: (rule: From) => To) =>
  Object.fromEntries(Object.entries(rules).map(([operator, rule]) => [operator, change(rule)]));

const LIFT_RULES: { readonly [operator: string]: LiftRule } = {
  ...each(RESCALED, rescaled),
  ...each(MULTILINEAR, multilinear),
  ...each({ MaxPool, GlobalMaxPool, ReduceMax }, (rule) => crossExtreme(rule)),
  Einsum: ofTwo(Einsum),
  ReduceMin: crossExtreme(ReduceMin, unmasked(ReduceMin), 'Min'),
  ...each(NORMALISED, normalised),
  ...norms,
  ...quantising,
  ...{ Div, LogSoftmax, LRN, Max, Min, Softmax, Where },
};

const LIKE_CAPTUM: typeof LIFT_RULES = { ...LIFT_RULES, MaxPool: captumMaxPool };

export const POOLINGS = ['complete', 'captum'] as const;
/** How MaxPool shares out: so that the values add up, or as captum has it. */
export type Pooling = (typeof POOLINGS)[number];

/** The rules for a graph in which each value has a counterpart. */
export const deepLiftRules = (reference: Parameters<typeof beside>[0], pooling: Pooling): Rules =>
  each(pooling === 'captum' ? LIKE_CAPTUM : LIFT_RULES, beside(reference));
