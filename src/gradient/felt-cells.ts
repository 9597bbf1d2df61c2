import type { Graph, Node } from '../onnx/graph.ts';
import { placesCells } from '../onnx/placement/placement.ts';
import { isAttention, mixesCells } from '../onnx/placement/products.ts';
import type { Placements } from '../onnx/placements.ts';
import { nodesBetween } from './nodes-between.ts';

/**
 * The values whose cells the logits feel. Where only the class token is read, those are the values before the last
 * attention: after it, what a patch's token says no longer reaches the class token.
 */
export function feltCells(graph: Graph, input: string, logits: string, placements: Placements): Set<string> {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const felt = new Set([logits]);
  for (const node of nodes.toReversed()) {
    for (const [at, value] of node.inputs.entries()) {
      if (values.has(value) && isFelt(node, at, placements, felt)) felt.add(value);
    }
  }
  return felt;
}

/** Whether a node hands on what the cells of its input number `at` say, to a result whose cells are felt or are no more. */
function isFelt(node: Node, at: number, placements: Placements, felt: ReadonlySet<string>): boolean {
  const placement = placements.get(node.inputs[at]!);
  if (placement && mixesCells(node, at, placement)) return true;
  return node.outputs.some((output) => {
    const result = placements.get(output);
    if (placesCells(result)) return felt.has(output);
    return !result?.axes.flat().some(({ along }) => along === 'extra');
  });
}

/** Whether a product of two values that both depend on the picture runs over its cells, as attention does. */
export function attends(graph: Graph, input: string, logits: string, placements: Placements): boolean {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  return nodes.some((node) => {
    const varying = node.inputs.filter((value) => values.has(value));
    const mixes = node.inputs.some((value, at) => {
      const placement = values.has(value) ? placements.get(value) : undefined;
      return placement !== undefined && mixesCells(node, at, placement);
    });
    return mixes && (varying.length > 1 || isAttention(node));
  });
}
