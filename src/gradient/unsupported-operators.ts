import { ExplainError } from '../core/errors.ts';
import { DECOMPOSITIONS } from '../onnx/decompose.ts';
import { whyLeft } from '../onnx/fold.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { nodesBetween } from './nodes-between.ts';
import { operatorOf } from './rule.ts';
import { RULES, type Rules } from './rules/index.ts';

export interface UnsupportedOperator {
  readonly operator: string;
  readonly count: number;
  /** The names of the nodes, or of their first outputs. */
  readonly nodes: readonly string[];
  /** For If, Loop and Scan: why they could not become plain nodes, of each node. */
  readonly reasons?: readonly string[];
}

/** The operators between `wrt` and `output` that have no gradient rule. */
export function unsupportedOperators(
  graph: Graph,
  output: string,
  wrt: readonly string[],
  rules: Rules = RULES,
): UnsupportedOperator[] {
  const groups = new Map<string, Node[]>();
  for (const node of nodesBetween(graph, wrt, output).nodes) {
    const operator = operatorOf(node);
    if (Object.hasOwn(rules, operator)) continue;
    const group = groups.get(operator);
    if (group) group.push(node);
    else groups.set(operator, [node]);
  }
  const left = groups.size > 0 ? whyLeft(graph) : undefined;
  return Array.from(groups, ([operator, nodes]) => {
    const reasons = nodes.flatMap((node) => left?.get(node) ?? []);
    return { operator, count: nodes.length, nodes: nodes.map(nameOf), ...(reasons.length > 0 ? { reasons } : {}) };
  });
}

/** @throws `ERR_OPERATOR` naming every operator without a rule for what `title` says */
export function refuseUnsupported(unsupported: readonly UnsupportedOperator[], title: string): void {
  if (unsupported.length === 0) return;
  const list = unsupported.map((found) => {
    const form = COMPOSITE.has(found.operator) ? ', in a form without one,' : '';
    return `${found.count} × ${found.operator}${form} (${nodesWithReasons(found).join(', ')})`;
  });
  const [rule, others] =
    title === 'gradients'
      ? ['a gradient rule', 'Methods without gradients (occlusion, lime)']
      : ['a rule', 'Other methods'];
  const sibling = unsupported.some(({ operator }) => QUANTIZED.test(operator))
    ? ' Use the float32 file of this model for gradients.'
    : '';
  throw new ExplainError(
    'ERR_OPERATOR',
    `${title}: expected operators with ${rule}, received ${list.join('; ')}.${sibling} ${others} still work.`,
  );
}

/** The names of the nodes, with what is wrong with each where that is known. */
export function nodesWithReasons({ nodes, reasons }: UnsupportedOperator): string[] {
  return nodes.map((node, at) => (reasons?.[at] ? `${node}: ${reasons[at]}` : node));
}

/** Operators that are taken apart, in most forms. */
const COMPOSITE: ReadonlySet<string> = new Set(
  Object.entries(DECOMPOSITIONS).flatMap(([domain, operators]) =>
    Object.keys(operators).map((op) => operatorOf({ op, domain })),
  ),
);

/** Operators on whole numbers that stand for floats, by their names. */
const QUANTIZED = /(^|\.)Q[A-Z]|Quant|Integer|NBits|Bnb4|FpQ4/;

const nameOf = ({ name, outputs }: Node): string => name || (outputs[0] ?? '');
