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
  /** 1 where sign · (a − bound) > 0, 0 elsewhere. */
  step(a: Term, bound?: number, sign?: 1 | -1): string;
  /** A boolean as 0 or 1. */
  indicator(mask: string): string;
  /** The sum over `axes`, which stay with length 1. */
  sum(a: Term, axes: readonly number[]): string;
  /** The mean over `axes`, which stay with length 1. */
  mean(a: Term, axes: readonly number[]): string;
}

const FLOAT = 1;
const STEEPEST = 2 ** 126;
const STEEP = 2 ** 100;

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
    step(a, bound = 0, sign = 1) {
      const steepness = sign * (bound === 0 ? STEEPEST : STEEP);
      return b.op('HardSigmoid', [name(a)], { alpha: float(steepness), beta: float(bound === 0 ? 0 : -bound * steepness) });
    },
    indicator: (mask) => b.op('Cast', [mask], { to: FLOAT }),
    sum: reduce('ReduceSum'),
    mean: reduce('ReduceMean'),
  };
}
