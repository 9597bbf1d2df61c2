import { type Cells, cellsOf } from '../onnx/cells.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { ElementType, Graph } from '../onnx/graph.ts';
import { placementsOf } from '../onnx/placements.ts';
import { feltCells } from './felt-cells.ts';
import { nodesBetween } from './nodes-between.ts';
import { perGraph } from './per-graph.ts';

export interface LayerCells extends Cells {
  /** Whether the logits depend on what the cells say, not on the extra tokens alone. */
  readonly felt: boolean;
}

/** Not whole numbers, as in quantised models; `other` is a type that the file does not say. */
const FLOATING: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'bfloat16', 'float64', 'other']);

/** The values between picture and logits that have cells, in the order in which they are computed. */
export const layerCells: (
  graph: Graph,
  input: string,
  logits: string,
  layout: Layout,
) => ReadonlyMap<string, LayerCells> = perGraph((graph, input: string, logits: string, layout: Layout) => {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const placements = placementsOf(graph, input, layout);
  const felt = feltCells(graph, input, logits, placements);
  const layers = new Map<string, LayerCells>();
  for (const name of nodes.flatMap(({ outputs }) => outputs)) {
    const cells = values.has(name) ? cellsOf(placements.get(name)) : undefined;
    const type = graph.values.get(name)?.type ?? 'other';
    if (cells && FLOATING.has(type)) layers.set(name, { ...cells, felt: felt.has(name) });
  }
  return layers;
});
