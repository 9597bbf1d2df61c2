import { consumers, type Graph, type Node, producers } from '../onnx/graph.ts';
import { nodesBetween } from './nodes-between.ts';

const FUSED = /(Layer|RMS)Normalization$/;

/**
 * What the layer normalisations inside residual blocks give: those whose input, or whose result, is also added to the
 * result of another branch. A normalisation between blocks, or after the last, has no such sum.
 */
export function blockNorms(graph: Graph, input: string, logits: string): Set<string> {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const readers = consumers(graph);
  const varies = (value: string) => values.has(value);
  const isSummed = (value: string) => readers.get(value)?.some((node) => sumsBranches(node, varies)) ?? false;
  const around = { makers: producers(graph), readers, varies };
  return new Set(
    nodes
      .flatMap((node) => normalisation(node, around) ?? [])
      .filter(({ source, result }) => isSummed(source) || isSummed(result))
      .map(({ result }) => result),
  );
}

interface Surroundings {
  readonly makers: ReadonlyMap<string, Node>;
  readonly readers: ReadonlyMap<string, readonly Node[]>;
  /** Whether a value depends on the picture. */
  readonly varies: (value: string) => boolean;
}

/** The results of residual blocks: sums of two values that both depend on the picture. */
export function blockSums(graph: Graph, input: string, logits: string): Set<string> {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const sums = nodes.filter((node) => sumsBranches(node, (value) => values.has(value)));
  return new Set(sums.map(({ outputs }) => outputs[0]!));
}

function sumsBranches({ op, inputs }: Node, varies: Surroundings['varies']): boolean {
  return (op === 'Add' || op === 'Sum') && inputs.slice(0, 2).every(varies);
}

/** What a normalisation takes and gives, where the node is one, or is the quotient (x − mean) / √(variance + ε) of one. */
function normalisation(node: Node, around: Surroundings): { source: string; result: string } | undefined {
  const [first, second] = node.inputs;
  if (FUSED.test(node.op)) return { source: first!, result: node.outputs[0]! };
  const centred = around.makers.get(first ?? '');
  if (centred?.op !== 'Sub' || !isMean(centred.inputs[1]!, centred.inputs[0]!, around)) return undefined;
  if (!isDeviation(second ?? '', node.op, around)) return undefined;
  return { source: centred.inputs[0]!, result: scaledAndShifted(node.outputs[0]!, around) };
}

function isMean(mean: string, of: string, { makers }: Surroundings): boolean {
  const node = makers.get(mean);
  return node?.op === 'ReduceMean' && node.inputs[0] === of;
}

/** √(…) under a division, or 1 / √(…) in a product. */
function isDeviation(value: string, op: string, { makers }: Surroundings): boolean {
  const node = makers.get(value);
  if (op === 'Div') return node?.op === 'Sqrt';
  return op === 'Mul' && node?.op === 'Reciprocal' && makers.get(node.inputs[0]!)?.op === 'Sqrt';
}

/** The end of · γ + β, as far as they follow. */
function scaledAndShifted(value: string, { readers, varies }: Surroundings): string {
  return ['Mul', 'Add'].reduce((result, op) => {
    const [next, ...more] = readers.get(result) ?? [];
    const follows = next?.op === op && more.length === 0 && !next.inputs.every(varies);
    return follows ? next.outputs[0]! : result;
  }, value);
}
