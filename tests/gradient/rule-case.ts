/** What a row of the rule tests is made of: one operator, the shapes of the inputs that are differentiated, and the node. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Shape } from '../../dist/src/onnx/graph.js';
import { noise } from '../toy-model.ts';

export interface RuleCase {
  readonly operator: string;
  readonly variant: string;
  readonly shapes: readonly (readonly number[])[];
  readonly build: (b: Builder, inputs: readonly string[]) => string;
  /** Maps noise in [-1, 1) to where the operator is smooth. */
  readonly domain?: (value: number, at: number) => number;
  /** What a straight-through operator stands for; the finite differences are of this. Default: the node itself. */
  readonly truth?: (b: Builder, inputs: readonly string[]) => string;
  /** The operator set, where the operator came after the internal one. */
  readonly opset?: number;
  /** Shapes as the model declares them, where they differ. */
  readonly declared?: readonly Shape[];
}

export type Attributes = Parameters<Builder['op']>[2];
export type Options = Partial<Pick<RuleCase, 'domain' | 'declared' | 'truth' | 'opset'>>;

export const weights = (b: Builder, shape: readonly number[], seed = 3) =>
  b.constant('float32', [...noise(shape, seed).data], shape);
export const ints = (b: Builder, values: number | readonly number[]) => b.constant('int64', values);

/** The operator applied to all inputs. */
export function plain(
  operator: string,
  variant: string,
  shapes: RuleCase['shapes'],
  attributes: Attributes = {},
  options: Options = {},
): RuleCase {
  return { operator, variant, shapes, build: (b, inputs) => b.op(operator, inputs, attributes), ...options };
}

/** The operator applied to the inputs and to constants. */
export function mixed(
  operator: string,
  variant: string,
  shapes: RuleCase['shapes'],
  constants: (b: Builder) => readonly string[],
  attributes: Attributes = {},
  options: Options = {},
): RuleCase {
  return {
    operator,
    variant,
    shapes,
    build: (b, inputs) => b.op(operator, [...inputs, ...constants(b)], attributes),
    ...options,
  };
}

/** An operator of com.microsoft applied to the inputs and to constants. */
export const own = (
  operator: string,
  variant: string,
  shapes: RuleCase['shapes'],
  constants: (b: Builder) => readonly string[] = () => [],
  attributes: Attributes = {},
  options: Options = {},
): RuleCase => ({
  operator: `com.microsoft.${operator}`,
  variant,
  shapes,
  build: (b, inputs) => b.op(operator, [...inputs, ...constants(b)], attributes, 'com.microsoft'),
  ...options,
});

export const positive = (value: number) => 1.2 + value / 2;
/** Away from 0 by more than the finite differences step. */
export const awayFromZero = (value: number) => value + Math.sign(value) * 0.1;
/** No two within a window closer than the finite differences step. */
export const spread = (_: number, at: number) => ((at * 101) % 307) / 64;
export const wide = (value: number) => 5 * value;
