import { constantOf, numbersOf } from './constants.ts';
import { type ElementType, elementTypeOf, isFloat, numberOfType } from './element-type.ts';
import type { Attribute, Constant, Graph, Node, Value } from './graph.ts';

/** In bytes. Longer constants are weights, which stay as they are stored. */
const LONGEST_CONVERTED = 8192;
const FLOAT = numberOfType('float32');

/** The attributes that say in which type an operator answers or computes. */
const TYPE_ATTRIBUTES = new Set(['to', 'dtype', 'output_dtype', 'output_datatype', 'stash_type', 'softmax_precision']);

/**
 * The graph with all its float16, bfloat16 and float64 arithmetic in float32. Weights keep their type in the file and in
 * memory: a Cast stands behind each, which ONNX Runtime works out once, when it loads the graph.
 * @example
 * const graph = singlePrecision(upgrade(await readGraph('vit-base-fp16.onnx')));
 */
export function singlePrecision(graph: Graph): Graph {
  const constants = new Map<string, Constant>();
  const casts: Node[] = [];
  for (const [name, constant] of graph.constants) {
    const converted = isOther(constant.type) ? inSingle(constant) : constant;
    constants.set(converted ? name : `single/${name}`, converted ?? constant);
    if (!converted) casts.push(castOf(`single/${name}`, name));
  }
  return {
    ...graph,
    inputs: graph.inputs.map(single),
    outputs: graph.outputs.map(single),
    nodes: [...casts, ...graph.nodes.map(singleNode)],
    constants,
    values: new Map(Array.from(graph.values, ([name, value]) => [name, single(value)])),
  };
}

const isOther = (type: ElementType): boolean => isFloat(type) && type !== 'float32';

const single = (value: Value): Value => (isOther(value.type) ? { ...value, type: 'float32' } : value);

/** A short constant in float32; undefined for weights. */
function inSingle(constant: Constant): Constant | undefined {
  const isShort = constant.data instanceof Uint8Array && constant.data.length <= LONGEST_CONVERTED;
  const numbers = isShort ? numbersOf(constant) : undefined;
  return numbers && constantOf('float32', numbers, constant.shape);
}

const castOf = (stored: string, name: string): Node => ({
  op: 'Cast',
  domain: '',
  name: `single/${name}_Cast`,
  inputs: [stored],
  outputs: [name],
  attributes: { to: { kind: 'int', value: FLOAT } },
});

function singleNode(node: Node): Node {
  const attributes = Object.entries(node.attributes).map(([name, attribute]) => [name, singleOf(name, attribute)]);
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function singleOf(name: string, attribute: Attribute): Attribute {
  switch (attribute.kind) {
    case 'graph':
      return { kind: 'graph', value: singlePrecision(attribute.value) };
    case 'tensor':
      return isOther(attribute.value.type)
        ? { kind: 'tensor', value: inSingle(attribute.value) ?? attribute.value }
        : attribute;
    case 'int':
      return TYPE_ATTRIBUTES.has(name) && isOther(elementTypeOf(attribute.value))
        ? { kind: 'int', value: FLOAT }
        : attribute;
    default:
      return attribute;
  }
}
