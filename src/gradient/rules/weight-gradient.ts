/**
 * Weights that depend on the picture: dW[m, c, k] = Σ dy[n, m, o] x[n, c, o s + k d − p] over samples n and positions o.
 * That is a convolution of x with dy, with channels and samples exchanged, and strides and dilations too.
 */
import { numberAttribute, type Sliding } from '../../onnx/attributes.ts';
import { type RuleContext, refuse } from '../rule.ts';

export interface Convolved {
  /** x [N, g C, …] and its spatial lengths. */
  readonly input: string;
  readonly lengths: readonly number[];
  /** dy [N, M, …] */
  readonly outputGradient: string;
  /** The weights' shape [M, C, k…]. */
  readonly shape: readonly number[];
}

export function weightGradient(
  { node, b }: RuleContext,
  { strides, dilations, pads }: Sliding,
  { input, lengths, outputGradient, shape }: Convolved,
): string {
  const [, channels, ...kernel] = shape;
  const group = numberAttribute(node, 'group', 1);
  const spatial = kernel.map((_, axis) => axis + 2);
  const vector = (values: readonly number[]) => b.constant('int64', values);
  const exchanged = (value: string) => b.op('Transpose', [value], { perm: [1, 0, ...spatial] });
  const grouped = b.op('Reshape', [input, vector([0, group, channels!, ...lengths])]);
  const swapped = b.op('Transpose', [grouped], { perm: [2, 1, 0, ...spatial.map((axis) => axis + 1)] });
  const samples = b.op('Reshape', [swapped, vector([channels!, -1, ...lengths])]);
  const attributes = { strides: dilations, dilations: strides, pads, group };
  const windows = exchanged(b.op('Conv', [samples, exchanged(outputGradient)], attributes));
  return b.op('Slice', [windows, vector(kernel.map(() => 0)), vector(kernel), vector(spatial)]);
}

/** The sum over samples and space. */
export function biasGradient({ node, b, y, dy, shapeOf }: RuleContext): string {
  const rank = shapeOf(y)?.length ?? refuse(node, 'an output of a rank known beforehand');
  const axes = [...Array(rank).keys()].filter((axis) => axis !== 1);
  return b.op('ReduceSum', [dy, b.constant('int64', axes)], { keepdims: 0 });
}
