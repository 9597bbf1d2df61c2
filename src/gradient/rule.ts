/**
 * A rule is the vector–Jacobian product of one operator: from dL/dy it emits dL/dx as ONNX nodes.
 * Rules see values by name only; nothing runs while they work.
 */
import { ExplainError } from '../core/errors.ts';
import type { Builder } from '../onnx/builder.ts';
import type { ElementType, Node, Shape } from '../onnx/graph.ts';
import type { Algebra } from './algebra.ts';
import type { Neighbours } from './neighbours.ts';

export interface RuleContext extends Algebra, Neighbours {
  readonly node: Node;
  readonly b: Builder;
  /** The inputs; an empty string stands for one left out. */
  readonly inputs: readonly [string, string, string, string, string, ...string[]];
  /** The first input and the first output. */
  readonly x: string;
  readonly y: string;
  /** dL/dy: of the first output that has a gradient, which for most operators is the only output. */
  readonly dy: string;
  /** dL/d(output) for each output; undefined where the output does not lead to what is differentiated. */
  readonly dys: readonly (string | undefined)[];
  /** Whether the gradient of input `at` is needed. */
  wants(at: number): boolean;
  /** The output number `at`, switched on if the model's own node leaves it out. */
  output(at: number): string;
  shapeOf(name: string): Shape | undefined;
  /** The shape of a value where every length is a number. */
  staticShapeOf(name: string): readonly number[] | undefined;
  typeOf(name: string): ElementType | undefined;
  /** The numbers of a constant; undefined for values that are computed. */
  numbers(name: string): readonly number[] | undefined;
}

/**
 * One gradient per input, undefined for those that have none. A list that ends early says that
 * the rule knows no gradient for the inputs after it (the weights of a convolution).
 */
export type Gradients = readonly (string | undefined)[];
export type Rule = (context: RuleContext) => Gradients;

/** A rule's way out: this node cannot be differentiated (or what else `title` says), and why. */
export function refuse(node: Node, reason: string, title = 'gradient'): never {
  const others = title === 'gradient' ? 'Methods without gradients (occlusion, lime)' : 'Other methods';
  throw new ExplainError(
    'ERR_OPERATOR',
    `${title} of ${node.op} '${node.name}': expected ${reason}. ${others} still work.`,
  );
}

/** The name of an operator in the rule table: ONNX's own carry no domain. */
export const operatorOf = ({ op, domain }: Pick<Node, 'op' | 'domain'>): string =>
  domain === '' || domain === 'ai.onnx' ? op : `${domain}.${op}`;
