/**
 * A picture of whole numbers as floats. Its gradient is that at the first float value behind it: whatever moves, cuts,
 * joins or adds whole numbers before they become floats does so with floats instead.
 */
import { numberAttribute } from './attributes.ts';
import { type Builder, createBuilder } from './builder.ts';
import { numbersOf } from './constants.ts';
import { type ElementType, elementTypeOf, numberOfType, wholeRange } from './element-type.ts';
import type { Constant, Graph, Node, Value } from './graph.ts';

/** Which inputs of an operator are elements of its result: `all`, or those at these places. */
const ELEMENTS: { readonly [operator: string]: readonly number[] | 'all' } = {
  ...forAll('Identity Transpose Reshape Flatten Squeeze Unsqueeze Slice Gather GatherND GatherElements', [0]),
  ...forAll('Split Expand Tile Resize DepthToSpace SpaceToDepth Cast Neg Abs', [0]),
  ...forAll('Concat Add Sub Mul Max Min Sum Clip', 'all'),
  Pad: [0, 2],
  Where: [1, 2],
};
/** These ask for a shape, whatever it is filled with. */
const SHAPES_ONLY = new Set(['Shape', 'Size']);
const FLOAT = numberOfType('float32');

/**
 * The graph with an input of whole numbers, and what is made of it up to the first floats, in float32. Where an operator
 * needs whole numbers (DequantizeLinear, ConvInteger), they are restored in front of it by a QuantizeLinear of scale 1, which
 * gradients pass straight through.
 * @param graph of the internal opset
 * @param input the picture; one of floats is left as it is
 */
export function floatPicture(graph: Graph, input: Value): Graph {
  if (!wholeRange(input.type)) return graph;
  const b = createBuilder('picture/');
  const floats = new Map([[input.name, input.type]]);
  const nodes = graph.nodes.flatMap((node) => {
    const made = b.nodes.length;
    const changed = onFloats({ node, graph, b, floats });
    return [...b.nodes.slice(made), changed];
  });
  const float = (value: Value): Value => (floats.has(value.name) ? { ...value, type: 'float32' } : value);
  return {
    ...graph,
    inputs: graph.inputs.map(float),
    nodes,
    constants: new Map([...graph.constants, ...b.constants]),
    values: new Map(Array.from(graph.values, ([name, value]) => [name, float(value)])),
  };
}

interface Visit {
  readonly node: Node;
  readonly graph: Graph;
  readonly b: Builder;
  /** The values that have become floats so far, with their types in the file. */
  readonly floats: Map<string, ElementType>;
}

function onFloats({ node, graph, b, floats }: Visit): Node {
  if (!node.inputs.some((name) => floats.has(name)) || SHAPES_ONLY.has(node.op)) return node;
  const elements = node.domain === '' && Object.hasOwn(ELEMENTS, node.op) ? ELEMENTS[node.op]! : [];
  const isElement = (at: number) => elements === 'all' || elements.includes(at);
  const carried = node.inputs.find((name, at) => floats.has(name) && isElement(at));
  const inputs = node.inputs.map((name, at) => {
    if (carried !== undefined && isElement(at))
      return name === '' || floats.has(name) ? name : floatOf(b, name, graph.constants);
    return floats.has(name) ? restored(b, name, floats.get(name)!) : name;
  });
  if (carried === undefined) return { ...node, inputs };
  if (node.op === 'Cast') {
    const type = elementTypeOf(numberAttribute(node, 'to', FLOAT));
    if (!wholeRange(type)) return node;
    floats.set(node.outputs[0]!, type);
    return { ...node, attributes: { ...node.attributes, to: { kind: 'int', value: FLOAT } } };
  }
  for (const output of node.outputs) floats.set(output, floats.get(carried)!);
  return { ...node, inputs };
}

function floatOf(b: Builder, name: string, constants: ReadonlyMap<string, Constant>): string {
  const constant = constants.get(name);
  const numbers = constant && numbersOf(constant);
  return numbers ? b.constant('float32', numbers, constant.shape) : b.op('Cast', [name], { to: FLOAT });
}

function restored(b: Builder, name: string, type: ElementType): string {
  const isShort = type === 'uint8' || type === 'int8' || type === 'uint16' || type === 'int16';
  if (!isShort) return b.op('Cast', [name], { to: numberOfType(type) });
  return b.op('QuantizeLinear', [name, b.constant('float32', 1), b.constant(type, 0)]);
}

function forAll(operators: string, elements: readonly number[] | 'all') {
  return Object.fromEntries(operators.split(' ').map((operator) => [operator, elements]));
}
