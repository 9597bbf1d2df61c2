/**
 * Layer-wise relevance propagation shares the relevance R of an output among the inputs by their part in z: for each term
 * x ∗ W + bias of z, R_x = x ⊙ Wᵀ (R / z). Biases keep their part; ε, with the sign of z, keeps z away from 0.
 */
import { attributesOf } from '../../onnx/decompose/rule.ts';
import { withInputs } from '../other-inputs.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { RULES } from '../rules/index.ts';
import { unmasked } from '../unmasked.ts';

/** A node with weights, of which one input carries relevance. */
export interface Layer {
  readonly context: RuleContext;
  readonly x: string;
  readonly weights: string;
  readonly bias: string | undefined;
}

/** What takes the place of a layer's input, weights and bias; without a bias there is none. */
export interface Term {
  readonly x: string;
  readonly weights: string;
  readonly bias?: string | undefined;
}

/** A rule for a layer with weights: R of its input. */
export type LayerRule = (layer: Layer, relevance: string) => string;

/** z + ε sign z, where the sign of 0 is 1. */
export const stabilised = ({ add, where, less }: RuleContext, z: string, epsilon: number): string =>
  add(z, where(less(z, 0), -epsilon, epsilon));

/** R shared among all terms of z = Σ terms. */
export function shareAmong(layer: Layer, relevance: string, terms: readonly Term[], epsilon: number): string {
  const { context } = layer;
  const { add, mul, div } = context;
  const z = add(...terms.map((term) => forward(layer, term)));
  const share = div(relevance, stabilised(context, z, epsilon));
  return add(...terms.map((term) => mul(term.x, back(layer, term, share))));
}

/** x ∗ W + bias */
export const forward = (layer: Layer, term: Term): string => {
  const { b, node } = layer.context;
  return b.op(node.op, inputsOf(layer, term), attributesOf(node));
};

/** Wᵀ dy with a term's weights. */
export function back(layer: Layer, term: Term, dy: string): string {
  const { context, x } = layer;
  const inputs = inputsOf(layer, term);
  const rule = RULES[context.node.op as 'Conv' | 'ConvTranspose' | 'Gemm' | 'MatMul'];
  return rule(withInputs({ ...context, dy }, inputs))[context.node.inputs.indexOf(x)]!;
}

function inputsOf({ context, x, weights }: Layer, term: Term): string[] {
  const pair = context.node.inputs
    .slice(0, 2)
    .map((name) => (name === x ? term.x : name === weights ? term.weights : ''));
  return term.bias ? [...pair, term.bias] : pair;
}

/**
 * Makes a rule of one for layers.
 * @param keepsBias whether biases keep their part; else they count for nothing
 */
export const ofLayer =
  (rule: LayerRule, keepsBias: boolean): Rule =>
  (context) => {
    const { dy, inputs, wants } = context;
    const [first, second, bias] = inputs;
    const [x, weights] = wants(0) ? [first, second] : [second, first];
    const relevance = rule({ context, x, weights, bias: (keepsBias && bias) || undefined }, dy);
    return wants(0) ? [relevance, undefined, undefined] : [undefined, relevance];
  };

/** The same for any linear operator, among all of its inputs: R_x = x ⊙ ∂y/∂x (R / y). */
export const byPart =
  (rule: Rule, epsilon: number): Rule =>
  (context) => {
    const { node, dy, y, wants, mul, div } = context;
    const share = div(dy, stabilised(context, y, epsilon));
    return unmasked(rule)({ ...context, dy: share }).map((part, at) =>
      part !== undefined && wants(at) ? mul(node.inputs[at]!, part) : undefined,
    );
  };
