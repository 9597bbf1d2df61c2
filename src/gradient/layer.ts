/** Layers are the values on the way from the picture to the logits. A feature map is one of shape [N, C, h, w] with h or w above 1. */
import { expected } from '../core/errors.ts';
import type { Layout } from '../onnx/classifier.ts';
import type { Graph, Node } from '../onnx/graph.ts';
import { channelAxes } from './channel-axes.ts';
import { nodesBetween } from './nodes-between.ts';
import { operatorOf } from './rule.ts';
import { RULES } from './rules/index.ts';

export interface Layer {
  readonly name: string;
  /** With the batch axis; undefined where it is not known before the model runs. */
  readonly shape: readonly (number | string)[] | undefined;
  /** The operator that computes it. */
  readonly operator: string;
  /** `features` [N, C, h, w], the `logits` themselves, or a `value` of any other shape. */
  readonly role: 'features' | 'value' | 'logits';
  /** Whether CAMs can be made of it: feature maps, and a gradient rule for everything behind them. */
  readonly explainable: boolean;
}

/** All layers, from the picture to the logits. */
export function layersOf(graph: Graph, input: string, logits: string, layout: Layout): Layer[] {
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const isFeatureMap = featureMaps(graph, input, layout);
  const blocked = valuesBeforeUnsupported(nodes);
  return nodes.flatMap((node) =>
    node.outputs
      .filter((name) => values.has(name))
      .map((name) => {
        const features = isFeatureMap(name);
        const role = name === logits ? 'logits' : features ? 'features' : 'value';
        const explainable = features && !blocked.has(name);
        return { name, shape: graph.values.get(name)?.shape, operator: node.op, role, explainable };
      }),
  );
}

/**
 * The last feature map before the classifier, which is the last node with weights: a convolution that turns features into
 * one map per class belongs to the classifier.
 * @throws `ERR_LAYER` where there is no feature map
 */
export function defaultLayer(graph: Graph, input: string, logits: string, layout: Layout): string {
  const isFeatureMap = featureMaps(graph, input, layout);
  const lastBefore = (value: string) => layerValues(graph, input, value).findLast(isFeatureMap);
  const { nodes, values } = nodesBetween(graph, [input], logits);
  const classifier = nodes.findLast(hasWeights(values));
  const layer = (classifier && lastBefore(classifier.inputs[0]!)) ?? lastBefore(logits);
  if (layer !== undefined) return layer;
  throw expected(
    'ERR_LAYER',
    'the model',
    'a layer of feature maps [N, C, h, w]',
    'none',
    'Methods without layers still work.',
  );
}

function layerValues(graph: Graph, input: string, value: string): string[] {
  const { nodes, values } = nodesBetween(graph, [input], value);
  return nodes.flatMap(({ outputs }) => outputs.filter((name) => values.has(name)));
}

/** Weights are what does not come from the picture: constants, also behind a Cast or a DequantizeLinear. */
const hasWeights =
  (fromPicture: ReadonlySet<string>) =>
  ({ op, inputs }: Node) =>
    ['Conv', 'Gemm', 'MatMul'].includes(op) && inputs.some((input) => input !== '' && !fromPicture.has(input));

function featureMaps(graph: Graph, input: string, layout: Layout): (value: string) => boolean {
  const axes = channelAxes(graph, input, layout);
  return (value) => {
    const shape = graph.values.get(value)?.shape;
    return axes.get(value) === 1 && shape?.length === 4 && shape.slice(2).some((length) => length !== 1);
  };
}

/** The values whose gradient would have to pass an operator without a rule. */
function valuesBeforeUnsupported(nodes: readonly Node[]): Set<string> {
  const blocked = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (Object.hasOwn(RULES, operatorOf(node)) && !node.outputs.some((value) => blocked.has(value))) continue;
    for (const value of node.inputs) blocked.add(value);
  }
  return blocked;
}
