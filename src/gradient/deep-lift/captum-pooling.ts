/**
 * MaxPool as captum (0.7) computes it, with which the values fall short of f(x) − f(x′). A place that is the maximum of several
 * windows gets what the last of them brings instead of the sum; and a pool that reads an activation goes back by its gradient, as
 * captum's hook on the activation takes the gradient before the pool's hook has changed it.
 */
import type { Rule } from '../rule.ts';
import { MaxPool } from '../rules/pooling.ts';
import { reshapeLike } from '../shaping.ts';
import { unmasked } from '../unmasked.ts';
import type { LiftRule } from './context.ts';
import { crossExtreme } from './elementary.ts';

/** The modules with hooks whose output a pool may read. */
const HOOKED: ReadonlySet<string | undefined> = new Set([
  'Relu',
  'Elu',
  'LeakyRelu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'MaxPool',
]);

export const captumMaxPool: LiftRule = (context) => {
  const isLost = HOOKED.has(context.maker(context.x)?.op);
  return isLost ? unmasked(MaxPool)(context) : crossExtreme(MaxPool, lastOfOverlapping)(context);
};

const lastOfOverlapping: Rule = ({ b, x, dy, output }) => {
  const flat = (value: string) => b.op('Reshape', [value, b.constant('int64', [-1])]);
  const zeros = b.op('ConstantOfShape', [flat(b.op('Size', [x]))]);
  return [reshapeLike(b, b.op('ScatterElements', [zeros, flat(output(1)), flat(dy)]), x)];
};
