/** How a score goes back to the picture: along the gradient, or along what a method has in its place. */
import type { Graph } from '../onnx/graph.ts';
import type { Algebra } from './algebra.ts';
import { RULES, type Rules } from './rules/index.ts';

export interface Propagation {
  /** Which one, with its parameters: graphs are kept under this name. */
  readonly name: string;
  /** What errors call it. */
  readonly title: string;
  /** The graph to go back through, made of the one up to the scores. */
  prepare(graph: Graph, input: string): Way;
  /** What it starts with at the score: 1, or the score itself. Default: 1. */
  readonly start?: 'one' | 'score';
  /** Whether the rules see the classifier as it is, not only the part of it that makes the explained class. Default: false. */
  readonly wholeClassifier?: boolean;
  /** What becomes of what arrived at the picture. Default: it stays as it is. */
  finish?(arrived: string, algebra: Algebra, picture: string, reference: string | undefined): string;
}

export interface Way {
  readonly graph: Graph;
  /** The rule of each operator on the way. */
  readonly rules: Rules;
  /** An input of the graph that takes the baseline. */
  readonly reference?: string;
}

/** dL/dx */
export const GRADIENT: Propagation = {
  name: 'gradient',
  title: 'gradients',
  prepare: (graph) => ({ graph, rules: RULES }),
};

/** The same with other rules for some operators. */
export const withRules = (name: string, title: string, rules: Rules): Propagation => ({
  name,
  title,
  prepare: (graph) => ({ graph, rules: { ...RULES, ...rules } }),
});
