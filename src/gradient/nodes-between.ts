import { type Graph, type Node, readBy } from '../onnx/graph.ts';
import { operatorOf } from './rule.ts';
import { NO_GRADIENT } from './rules/index.ts';

/** The part of a graph that gradients flow through. */
export interface GradientPath {
  /** In topological order. */
  readonly nodes: readonly Node[];
  /** The values on the way, with both ends. */
  readonly values: ReadonlySet<string>;
}

/** What lies on a way from any of `wrt` to `output` along which a small change is felt. */
export function nodesBetween(graph: Graph, wrt: readonly string[], output: string): GradientPath {
  const reached = new Set(wrt);
  const downstream = graph.nodes.filter((node) => {
    const changes = !NO_GRADIENT.has(operatorOf(node)) && readBy(node).some((input) => reached.has(input));
    if (changes) for (const value of node.outputs) reached.add(value);
    return changes;
  });
  const leading = new Set([output]);
  const nodes = downstream.toReversed().filter((node) => {
    const leads = node.outputs.some((value) => leading.has(value));
    if (leads) for (const input of readBy(node)) leading.add(input);
    return leads;
  });
  return {
    nodes: nodes.reverse(),
    values: new Set([...reached].filter((value) => value !== '' && leading.has(value))),
  };
}
