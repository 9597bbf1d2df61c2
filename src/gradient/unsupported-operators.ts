import { ExplainError } from '../core/errors.ts';
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

/** @throws `ERR_OPERATOR` naming every operator without a rule */
export function refuseUnsupported(unsupported: readonly UnsupportedOperator[]): void {
  if (unsupported.length === 0) return;
  const list = unsupported.map((found) => `${found.count} × ${found.operator} (${nodesWithReasons(found).join(', ')})`);
  throw new ExplainError(
    'ERR_OPERATOR',
    `gradients: expected operators with a gradient rule, received ${list.join('; ')}. Methods without gradients (occlusion, lime) still work.`,
  );
}

/** The names of the nodes, with what is wrong with each where that is known. */
export function nodesWithReasons({ nodes, reasons }: UnsupportedOperator): string[] {
  return nodes.map((node, at) => (reasons?.[at] ? `${node}: ${reasons[at]}` : node));
}

const nameOf = ({ name, outputs }: Node): string => name || (outputs[0] ?? '');
