/** Classifiers that are a 1×1 convolution and a mean (SqueezeNet): of their thousand maps an explanation needs one. */
import { numberAttribute, numbersAttribute } from '../onnx/attributes.ts';
import { type Builder, createBuilder } from '../onnx/builder.ts';
import { extend } from '../onnx/extend.ts';
import { consumers, type Graph, type Node, producers } from '../onnx/graph.ts';
import { inferShapes } from '../onnx/infer-shapes.ts';
import { prune } from '../onnx/prune.ts';

export interface ClassScore {
  readonly graph: Graph;
  /** The scores [N, 1]. */
  readonly output: string;
  /** The input [N] that says each row's class. */
  readonly target: string;
}

/**
 * The graph that computes the logit of one class per row, by that class's weights alone; undefined where the logits come from
 * anything but a 1×1 convolution whose channels are treated alike afterwards, or `wrt` lies behind it.
 */
export function classScore(graph: Graph, logits: string, wrt: string): ClassScore | undefined {
  const head = headOf(graph, logits);
  if (!head || head.some(({ outputs }) => outputs[0] === wrt)) return undefined;
  const [convolution, ...rest] = head as [Node, ...Node[]];
  const shape = graph.values.get(convolution.outputs[0]!)?.shape?.slice(2);
  if (!shape?.every((length) => typeof length === 'number')) return undefined;
  const prefix = `${logits}/class`;
  const b = createBuilder(`${prefix}/`);
  const map = classMap(b, convolution, prefix, shape);
  const repeated = rest.map((node, at): Node => {
    const inputs = [at === 0 ? map : `${prefix}/${rest[at - 1]!.outputs[0]}`, ...node.inputs.slice(1)];
    const again = { ...node, name: `${prefix}/${node.name}`, inputs, outputs: [`${prefix}/${node.outputs[0]}`] };
    return isFlattening(node) ? { ...again, op: 'Flatten', inputs: inputs.slice(0, 1), attributes: {} } : again;
  });
  const output = repeated.at(-1)?.outputs[0] ?? map;
  const rows = graph.inputs[0]?.shape?.[0] ?? 'N';
  const extended = extend(graph, b, {
    inputs: [{ name: prefix, type: 'int64', shape: [rows] }],
    outputs: [{ name: output, type: 'float32', shape: [rows, 1] }],
  });
  const whole = { ...extended, nodes: [...extended.nodes, ...repeated] };
  return { graph: inferShapes(prune(whole, [output])), output, target: prefix };
}

/** The nodes from a 1×1 convolution to the logits, where each has one reader. */
function headOf(graph: Graph, logits: string): Node[] | undefined {
  const [made, readers] = [producers(graph), consumers(graph)];
  const head: Node[] = [];
  for (let node = made.get(logits); node; node = made.get(node.inputs[0]!)) {
    head.unshift(node);
    const value = node.outputs[0]!;
    if (value !== logits && readers.get(value)!.length > 1) return undefined;
    if (isPointwise(graph, node)) return head;
    if (!treatsChannelsAlike(graph, node)) return undefined;
  }
  return undefined;
}

function isPointwise({ constants }: Graph, node: Node): boolean {
  const [, weights, bias] = node.inputs;
  const shape = constants.get(weights ?? '')?.shape;
  const all = (name: string, value: number) =>
    numbersAttribute(node, name, [value]).every((number) => number === value);
  return (
    node.op === 'Conv' &&
    node.domain === '' &&
    shape?.length === 4 &&
    shape[2] === 1 &&
    shape[3] === 1 &&
    all('strides', 1) &&
    all('pads', 0) &&
    numberAttribute(node, 'group', 1) === 1 &&
    (!bias || constants.has(bias))
  );
}

const isFlattening = ({ op }: Node) => ['Flatten', 'Reshape', 'Squeeze'].includes(op);
const POOLING = ['GlobalAveragePool', 'GlobalMaxPool', 'AveragePool', 'Relu', 'Identity', 'Dropout'];

function treatsChannelsAlike({ values }: Graph, node: Node): boolean {
  if (node.domain !== '') return false;
  if (POOLING.includes(node.op)) return true;
  const [before, after] = [values.get(node.inputs[0]!)?.shape, values.get(node.outputs[0]!)?.shape];
  const onlyChannels = before?.slice(2).every((length) => length === 1) && after?.length === 2;
  return isFlattening(node) && onlyChannels === true && before?.[1] === after?.[1];
}

/** W_c · x + b_c  [N, 1, h, w] */
function classMap(b: Builder, { inputs }: Node, target: string, [height, width]: readonly number[]): string {
  const [x, weights, bias] = inputs;
  const row = b.op('Unsqueeze', [b.op('Flatten', [b.op('Gather', [weights, target])]), b.constant('int64', [1])]);
  const pixels = b.op('Reshape', [x, b.constant('int64', [0, 0, -1])]);
  const map = b.op('Reshape', [b.op('MatMul', [row, pixels]), b.constant('int64', [0, 1, height!, width!])]);
  if (!bias) return map;
  return b.op('Add', [map, b.op('Unsqueeze', [b.op('Gather', [bias, target]), b.constant('int64', [1, 2, 3])])]);
}
