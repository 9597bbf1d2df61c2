/** Arithmetic on named values, so that a rule reads like its formula: `mul(dy, y, sub(1, y))`. A bare number is a scalar. */
import { type Builder, float } from '../onnx/builder.ts';

export type Term = string | number;

export interface Algebra {
  add(...terms: Term[]): string;
  sub(a: Term, b: Term): string;
  mul(...factors: Term[]): string;
  div(a: Term, b: Term): string;
  pow(a: Term, exponent: Term): string;
  neg(a: Term): string;
  abs(a: Term): string;
  sign(a: Term): string;
  exp(a: Term): string;
  log(a: Term): string;
  sqrt(a: Term): string;
  sin(a: Term): string;
  cos(a: Term): string;
  tanh(a: Term): string;
  sigmoid(a: Term): string;
  softplus(a: Term): string;
  erf(a: Term): string;
  greater(a: Term, b: Term): string;
  less(a: Term, b: Term): string;
  equal(a: Term, b: Term): string;
  and(a: Term, b: Term): string;
  or(a: Term, b: Term): string;
  /** `a` where `mask` holds, `b` elsewhere. */
  where(mask: Term, a: Term, b: Term): string;
  /** 1 where `a` lies above the bound, 0 elsewhere. */
  above(a: Term, bound: number): string;
  /** 1 where `a` lies below the bound, 0 elsewhere. */
  below(a: Term, bound: number): string;
  /** 1 − a, for values from 0 to 1. */
  complement(a: Term): string;
  /** A boolean as 0 or 1. */
  indicator(mask: string): string;
  /** The sum over `axes`, which stay with length 1. */
  sum(a: Term, axes: readonly number[]): string;
  /** The mean over `axes`, which stay with length 1. */
  mean(a: Term, axes: readonly number[]): string;
}

const FLOAT = 1;

export function algebra(b: Builder): Algebra {
  const name = (term: Term) => (typeof term === 'number' ? b.constant('float32', term) : term);
  const apply =
    (op: string) =>
    (...terms: Term[]) =>
      b.op(op, terms.map(name));
  const chain = (op: string) => {
    const pair = apply(op);
    return (...terms: Term[]) => name(terms.reduce((a, term) => pair(a, term)));
  };
  /** HardSigmoid is the one kernel for it that ONNX Runtime also has for the blocked layout of its convolutions. */
  const ramp = (a: Term, slope: number, offset: number) =>
    b.op('HardSigmoid', [name(a)], { alpha: float(slope), beta: float(offset) });
  const reduce = (op: string) => (a: Term, axes: readonly number[]) => b.op(op, [name(a), b.constant('int64', axes)]);
  return {
    add: chain('Add'),
    sub: apply('Sub'),
    mul: chain('Mul'),
    div: apply('Div'),
    pow: apply('Pow'),
    neg: apply('Neg'),
    abs: apply('Abs'),
    sign: apply('Sign'),
    exp: apply('Exp'),
    log: apply('Log'),
    sqrt: apply('Sqrt'),
    sin: apply('Sin'),
    cos: apply('Cos'),
    tanh: apply('Tanh'),
    sigmoid: apply('Sigmoid'),
    softplus: apply('Softplus'),
    erf: apply('Erf'),
    greater: apply('Greater'),
    less: apply('Less'),
    equal: apply('Equal'),
    and: apply('And'),
    or: apply('Or'),
    where: apply('Where'),
    above: (a, bound) => ramp(a, steepness(bound), -bound * steepness(bound)),
    below: (a, bound) => ramp(a, -steepness(bound), bound * steepness(bound)),
    complement: (a) => ramp(a, -1, 1),
    indicator: (mask) => b.op('Cast', [mask], { to: FLOAT }),
    sum: reduce('ReduceSum'),
    mean: reduce('ReduceMean'),
  };
}

/**
 * A power of two by which the distance of two neighbouring float32 numbers at the bound becomes at least 1, so that a
 * ramp of that slope is a step; the product with any number that is not far away is exact. (No bound is closer to 0 than 2⁻¹⁰⁰, but for 0 itself.)
 */
const steepness = (bound: number) => 2 ** Math.min(126, 25 - Math.floor(Math.log2(Math.abs(bound))));
