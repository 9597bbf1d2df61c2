import { sizeOf } from '../core/tensor.ts';
import type { Graph } from './graph.ts';

/**
 * About how much the values take that nodes make of constants alone, each as large as the largest that it is made of. In bytes, of
 * numbers of 4. ONNX Runtime works them out once, when it loads a graph, and every session keeps its own.
 */
export function derivedBytes({ nodes, constants }: Graph): number {
  const sizes = new Map(Array.from(constants, ([name, { shape }]) => [name, sizeOf(shape)]));
  let derived = 0;
  for (const { inputs, outputs } of nodes) {
    const read = inputs.filter((name) => name !== '');
    if (read.length === 0 || !read.every((name) => sizes.has(name))) continue;
    const size = Math.max(...read.map((name) => sizes.get(name)!));
    for (const name of outputs) sizes.set(name, size);
    derived += size * outputs.length;
  }
  return derived * Float32Array.BYTES_PER_ELEMENT;
}
