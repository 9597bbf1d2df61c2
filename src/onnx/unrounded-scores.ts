import { type Graph, type Node, producers } from './graph.ts';

const KEEPS_SCORES = new Set(['Identity', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Cast']);

/**
 * The graph of a quantised model with the scores as they were before they were rounded: a score that lies beyond the range
 * of its whole numbers would not depend on the picture. Types are to be inferred again.
 * @param output the scores
 */
export function unroundedScores(graph: Graph, output: string): Graph {
  const makers = producers(graph);
  const restoring = makers.get(wayBack(makers, output).at(-1)!);
  if (restoring?.op !== 'DequantizeLinear') return graph;
  const way = wayBack(makers, restoring.inputs[0]!);
  const rounding = makers.get(way.at(-1)!);
  const inverse = String(rounding?.inputs.slice(1)) === String(restoring.inputs.slice(1));
  if (rounding?.op !== 'QuantizeLinear' || !inverse) return graph;
  const onTheWay = new Set(way.map((value) => makers.get(value)));
  const unrounded = (value: string) => (value === way.at(-1) ? rounding.inputs[0]! : value);
  const nodes = graph.nodes.map((node): Node => {
    if (node === restoring) return { ...node, op: 'Identity', inputs: [unrounded(way[0]!)], attributes: {} };
    return onTheWay.has(node) && node !== rounding ? { ...node, inputs: node.inputs.map(unrounded) } : node;
  });
  return { ...graph, nodes };
}

/** The value, and those before it that hold the same numbers in another form. */
function wayBack(makers: ReadonlyMap<string, Node>, value: string): string[] {
  const maker = makers.get(value);
  return maker && KEEPS_SCORES.has(maker.op) ? [value, ...wayBack(makers, maker.inputs[0]!)] : [value];
}
