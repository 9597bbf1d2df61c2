/** The rule of every operator that has a gradient, and the operators that stop one. */
import type { Rule } from '../rule.ts';
import * as activation from './activation.ts';
import * as affineGrid from './affine-grid.ts';
import * as arithmetic from './arithmetic.ts';
import * as convolution from './convolution.ts';
import * as einsum from './einsum.ts';
import * as indexing from './indexing.ts';
import * as layout from './layout.ts';
import * as linear from './linear.ts';
import * as microsoft from './microsoft.ts';
import * as movement from './movement.ts';
import * as normalization from './normalization.ts';
import * as pooling from './pooling.ts';
import * as quantization from './quantization.ts';
import * as reduction from './reduction.ts';
import * as resizing from './resizing.ts';
import * as trigonometry from './trigonometry.ts';
import * as unfolding from './unfolding.ts';

export type Rules = { readonly [operator: string]: Rule };

export const RULES = {
  ...activation,
  ...affineGrid,
  ...arithmetic,
  ...convolution,
  ...einsum,
  ...indexing,
  ...layout,
  ...linear,
  ...movement,
  ...normalization,
  ...pooling,
  ...quantization,
  ...reduction,
  ...resizing,
  ...trigonometry,
  ...unfolding,
  ...Object.fromEntries(Object.entries(microsoft).map(([operator, rule]) => [`com.microsoft.${operator}`, rule])),
} satisfies Rules;

/** Operators whose outputs do not change when their inputs change a little: the walk stops there. */
export const NO_GRADIENT: ReadonlySet<string> = new Set([
  'And',
  'ArgMax',
  'ArgMin',
  'Bernoulli',
  'BitShift',
  'BitwiseAnd',
  'BitwiseNot',
  'BitwiseOr',
  'BitwiseXor',
  'Ceil',
  'ConstantOfShape',
  'Equal',
  'EyeLike',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'Hardmax',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Multinomial',
  'NonMaxSuppression',
  'NonZero',
  'Not',
  'OneHot',
  'Or',
  'RandomNormalLike',
  'RandomUniformLike',
  'Range',
  'Round',
  'SequenceLength',
  'Shape',
  'Sign',
  'Size',
  'Xor',
]);
