import type { Graph, Node } from '../onnx/graph.ts';
import { operatorOf } from './rule.ts';
import { NO_GRADIENT } from './rules/index.ts';

export interface Step {
  readonly node: Node;
  readonly operator: string;
  /** Those of its inputs that depend on the picture. */
  readonly varying: readonly string[];
}

/** The nodes through which the picture goes, from the front to the back. */
export function* stepsFrom(graph: Graph, input: string): Generator<Step> {
  const reached = new Set([input]);
  for (const node of graph.nodes) {
    const operator = operatorOf(node);
    const varying = node.inputs.filter((value) => reached.has(value));
    if (varying.length === 0 || NO_GRADIENT.has(operator)) continue;
    for (const value of node.outputs) reached.add(value);
    yield { node, operator, varying };
  }
}
