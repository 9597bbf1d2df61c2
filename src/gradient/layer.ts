/** Layers are the values on the way from the picture to the logits. */
import { expected } from '../core/errors.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { placementsOf } from '../onnx/placements.ts';
import { attends } from './felt-cells.ts';
import { type LayerCells, layerCells } from './layer-cells.ts';
import { type GradientPath, nodesBetween } from './nodes-between.ts';
import { perGraph } from './per-graph.ts';
import { blockNorms, blockSums } from './residual-blocks.ts';
import { operatorOf } from './rule.ts';
import { RULES } from './rules/index.ts';

export interface Layer {
  readonly name: string;
  /** With the batch axis; undefined where it is not known before the model runs. */
  readonly shape: readonly (number | string)[] | undefined;
  /** The operator that computes it. */
  readonly operator: string;
  /** `features` [N, C, h, w] or [N, h, w, C], `tokens` [N, T, C], the `logits` themselves, or a `value` of any other kind. */
  readonly role: 'features' | 'tokens' | 'value' | 'logits';
  /** Whether CAMs can be made of it: it has cells that the logits depend on, and a gradient rule for everything behind them. */
  readonly explainable: boolean;
}

/** All layers, from the picture to the logits. */
export function layersOf(graph: Graph, input: string, logits: string, layout: Layout): Layer[] {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const cells = layerCells(graph, input, logits, layout);
  const blocked = valuesBeforeUnsupported(nodes);
  return nodes.flatMap((node) =>
    node.outputs
      .filter((name) => values.has(name))
      .map((name) => {
        const role = name === logits ? 'logits' : (cells.get(name)?.role ?? 'value');
        const explainable = role !== 'logits' && cells.get(name)?.felt === true && !blocked.has(name);
        return { name, shape: graph.values.get(name)?.shape, operator: node.op, role, explainable };
      }),
  );
}

/**
 * In a convolutional network the last feature map before the classifier, which is the last node with weights: a
 * convolution that turns features into one map per class belongs to the classifier. In a transformer the last
 * normalisation inside a residual block whose cells the logits depend on: `norm1` of the last block where the class
 * token is read, `norm2` where all tokens are pooled; where blocks have none, the last block's result.
 * @throws `ERR_LAYER` where there are no cells
 */
export const defaultLayer: (graph: Graph, input: string, logits: string, layout: Layout) => string =
  perGraph(findDefault);

function findDefault(graph: Graph, input: string, logits: string, layout: Layout): string {
  const cells = layerCells(graph, input, logits, layout);
  const layers = layersBeforeClassifier(graph, input, logits, cells);
  const hasTokens = cells.get(layers.at(-1) ?? '')?.role === 'tokens';
  const attending = attends(graph, input, logits, placementsOf(graph, input, layout));
  const norms = hasTokens || attending ? blockNorms(graph, input, logits) : new Set<string>();
  const sums = hasTokens ? blockSums(graph, input, logits) : new Set<string>();
  const layer =
    layers.findLast((name) => norms.has(name)) ??
    layers.findLast((name) => sums.has(name) && cells.get(name)!.role === 'tokens') ??
    layers.findLast((name) => isFeatureMap(cells.get(name)!)) ??
    layers.at(-1);
  if (layer !== undefined) return layer;
  throw expected(
    'ERR_LAYER',
    'the model',
    'a layer of feature maps [N, C, h, w] or of tokens [N, T, C]',
    'none',
    'Methods without layers still work.',
  );
}

const isFeatureMap = ({ role, channels }: LayerCells) => role === 'features' && channels === 0;

/** The layers with cells that the logits depend on, up to the classifier where there are any. */
function layersBeforeClassifier(graph: Graph, input: string, logits: string, cells: ReadonlyMap<string, LayerCells>) {
  const path = nodesBetween(graph, [input], logits);
  const felt = Array.from(cells.keys()).filter((name) => cells.get(name)!.felt);
  const classifier = path.nodes.findLast((node) => hasWeights(node, path));
  const features = classifier?.inputs.find((value) => path.values.has(value));
  const before = features === undefined ? path.values : nodesBetween(graph, [input], features).values;
  const layers = felt.filter((name) => before.has(name));
  return layers.length > 0 ? layers : felt;
}

const hasWeights = ({ op, inputs }: Node, { values }: GradientPath) =>
  /Conv|Gemm|MatMul/.test(op) && inputs.some((input) => input !== '' && !values.has(input));

/** The values whose gradient would have to pass an operator without a rule. */
function valuesBeforeUnsupported(nodes: readonly Node[]): Set<string> {
  const blocked = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (Object.hasOwn(RULES, operatorOf(node)) && !node.outputs.some((value) => blocked.has(value))) continue;
    for (const value of node.inputs) blocked.add(value);
  }
  return blocked;
}
