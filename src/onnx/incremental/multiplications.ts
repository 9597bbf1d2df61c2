import type { Graph, Node, Shape } from '../graph.ts';

/** How many numbers a node multiplies for one picture: of convolutions and matrix products, next to which the rest is little. */
export function multiplications(graph: Graph, { op, inputs, outputs }: Node): number {
  const shapeOf = (name: string | undefined) => graph.values.get(name ?? '')?.shape ?? [];
  const [result, weights] = [shapeOf(outputs[0]), shapeOf(inputs[1])];
  switch (op) {
    case 'Conv':
      return size(weights) * size(result.slice(2));
    case 'ConvTranspose':
      return size(weights) * size(shapeOf(inputs[0]).slice(2));
    case 'Gemm':
      return size(weights);
    case 'MatMul':
      return size(result) * size(shapeOf(inputs[0]).slice(-1));
    default:
      return 0;
  }
}

/** Lengths that only the batch tells count as one. */
const size = (shape: Shape) =>
  shape.reduce<number>((product, length) => product * (typeof length === 'number' ? length : 1), 1);
