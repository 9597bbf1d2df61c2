import type { Node } from '../onnx/graph.ts';

/**
 * Whether a Relu's mask is applied behind the pool that alone reads it: the maximum of a window is above 0 exactly where the
 * value it was taken from is, and the pool's output is smaller than its input.
 */
export const isMaskedBehind = (node: Node | undefined, reader: Node | undefined): boolean =>
  node?.op === 'Relu' && reader?.op === 'MaxPool';
