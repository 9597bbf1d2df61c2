import { cut } from './cut.ts';
import type { Graph } from './graph.ts';

/**
 * The part of a graph behind a value, which becomes its only input; undefined where the output does not depend on the value, or
 * something else that depends on the graph's inputs reaches it around the value.
 * @example
 * const classifier = behind(graph, 'layer4_relu', 'logits');
 */
export function behind(graph: Graph, value: string, output: string): Graph | undefined {
  const outputs = graph.outputs.filter(({ name }) => name === output);
  const { tail, crossing } = cut({ ...graph, outputs }, value);
  return crossing.length === 1 && tail.nodes.length > 0 ? tail : undefined;
}
