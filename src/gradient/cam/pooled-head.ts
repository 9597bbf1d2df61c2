/** Classifiers that average each feature map and then are linear: what the class activation maps of 2016 are defined for. */
import { expected } from '../../core/errors.ts';
import { type Graph, type Node, producers } from '../../onnx/graph.ts';
import type { Differentiable } from '../differentiable.ts';
import { layerCells } from '../layer-cells.ts';
import { nodesBetween } from '../nodes-between.ts';
import type { CamLayer } from './layers.ts';

export interface PooledHead extends CamLayer {
  /** The means [N, C] or [N, C, 1, 1] of the layer's channels. */
  readonly pooled: string;
}

const AVERAGES = new Set(['GlobalAveragePool', 'AveragePool', 'ReduceMean']);
const WEIGHTED = new Set(['Gemm', 'MatMul', 'Conv']);
const AFFINE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Neg', 'BatchNormalization']);
const KEEPS_NUMBERS = new Set([
  'Identity',
  'Dropout',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Cast',
]);

/** @throws `ERR_LAYER` where anything else stands between the last feature maps and the logits */
export function pooledHead({ graph, input, output, layout }: Differentiable): PooledHead {
  const cells = layerCells(graph, input, output, layout);
  const made = producers(graph);
  const { values: varying } = nodesBetween(graph, [input], output);
  let weightedLayers = 0;
  for (let value = output; ; ) {
    const node = made.get(value);
    const source = node && sourceOf(node, varying, made);
    if (source === undefined) return refuseHead(node, graph);
    if (AVERAGES.has(node!.op) && cells.has(source) && !cells.has(value)) {
      if (weightedLayers === 0) return refuseHead(node, graph);
      return { layer: source, cells: cells.get(source)!, pooled: value };
    }
    if (cells.has(source) || !isLinear(node!)) return refuseHead(node, graph);
    if (WEIGHTED.has(node!.op)) weightedLayers++;
    value = source;
  }
}

const isLinear = ({ op, domain }: Node): boolean =>
  domain === '' && (WEIGHTED.has(op) || AFFINE.has(op) || KEEPS_NUMBERS.has(op) || op === 'Concat');

/** The one input that depends on the picture; undefined where there are several. A pair (−z, z) of logits depends on z. */
function sourceOf(node: Node, varying: ReadonlySet<string>, made: ReadonlyMap<string, Node>): string | undefined {
  const inputs = node.inputs.filter((name) => varying.has(name));
  const [first, second] = inputs;
  const negated = made.get(first ?? '');
  if (node.op === 'Concat' && inputs.length === 2 && negated?.op === 'Neg' && negated.inputs[0] === second)
    return second;
  const divides = node.op === 'Div' && node.inputs[1] === first;
  return inputs.length === 1 && !divides ? first : undefined;
}

function refuseHead(node: Node | undefined, { nodes }: Graph): never {
  const last = node ?? nodes.at(-1);
  throw expected(
    'ERR_LAYER',
    'CAM',
    'a network that ends in the mean of its feature maps and one linear layer',
    last ? `one that ends otherwise, see ${last.op} '${last.name}'` : 'one without nodes',
    'Grad-CAM is the same for such networks, and works for others.',
  );
}
