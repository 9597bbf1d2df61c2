import type { Graph, Node, Shape } from '../graph.ts';

/** How many numbers a node multiplies for one picture: of convolutions and matrix products, next to which the rest is little. */
export function multiplications(graph: Graph, { op, inputs, outputs }: Node): number {
  const shapeOf = (name: string | undefined) => graph.values.get(name ?? '')?.shape ?? [];
  const [result, weights] = [shapeOf(outputs[0]), shapeOf(inputs[1])];
  switch (op) {
    case 'Conv':
      return sizeOfOne(weights) * sizeOfOne(result.slice(2));
    case 'ConvTranspose':
      return sizeOfOne(weights) * sizeOfOne(shapeOf(inputs[0]).slice(2));
    case 'Gemm':
      return sizeOfOne(weights);
    case 'MatMul':
      return sizeOfOne(result) * sizeOfOne(shapeOf(inputs[0]).slice(-1));
    default:
      return 0;
  }
}

/** How many numbers a shape has for one picture: lengths that only the batch tells count as one. */
export const sizeOfOne = (shape: Shape = []): number =>
  shape.reduce<number>((product, length) => product * (typeof length === 'number' ? length : 1), 1);
