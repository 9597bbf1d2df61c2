/** Products of whole numbers (dynamic quantisation) as products of floats: (A − zero) (B − zero). */
import { createBuilder } from '../onnx/builder.ts';
import { consumers, type Graph, type Node, type Value } from '../onnx/graph.ts';
import { namesOf } from '../onnx/names.ts';

/** The operator on floats, and the axes along which the zero points of both operands lie where there are several. */
const ON_FLOATS: { readonly [operator: string]: readonly [op: string, ofFirst: number, ofSecond: number] } = {
  MatMulInteger: ['MatMul', -2, -1],
  ConvInteger: ['Conv', 1, 0],
};

/** The graph with the layers that its rules know. A product that anything but a cast to floats reads stays as it is. */
export function floatProducts(graph: Graph): Graph {
  const readers = consumers(graph);
  const b = createBuilder(namesOf(graph).values.claim('floats/'));
  const values = new Map(graph.values);
  const shapeOf = (name: string) => graph.constants.get(name)?.shape ?? graph.values.get(name)?.shape;
  const describe = (name: string, like: string) => {
    const described: Value = { name, type: 'float32', shape: shapeOf(like) };
    values.set(name, described);
    return name;
  };
  const lessZero = (value: string, zero: string | undefined, axis: number) => {
    const count = zero ? (shapeOf(zero) ?? [0]).reduce<number>((size, length) => size * Number(length), 1) : 1;
    const ones = count === 1 ? b.constant('float32', 1) : b.constant('float32', Array(count).fill(1));
    return describe(b.op('DequantizeLinear', zero ? [value, ones, zero] : [value, ones], { axis }), value);
  };
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const [op, ...axes] = (node.domain === '' && ON_FLOATS[node.op]) || [];
    const [product = ''] = node.outputs;
    if (!op || !readers.get(product)?.every((reader) => reader.op === 'Cast')) return [node];
    const [A = '', B = '', aZero, bZero] = node.inputs;
    const before = b.nodes.length;
    const operands = [lessZero(A, aZero, axes[0]!), lessZero(B, bZero, axes[1]!)];
    describe(product, product);
    return [...b.nodes.slice(before), { ...node, op, inputs: operands }];
  });
  return { ...graph, nodes, constants: new Map([...graph.constants, ...b.constants]), values };
}
