/** What LRN divides by: y = x s^(−β), s = bias + α/size · Σ x² over the `size` channels around (an odd number, says ONNX Runtime). */
import { numberAttribute } from '../../onnx/attributes.ts';
import type { RuleContext } from '../rule.ts';
import { reshapeLike } from '../shaping.ts';

export function responseOf(context: RuleContext) {
  const { node, add, mul } = context;
  const size = numberAttribute(node, 'size', 1);
  const [alpha, beta] = [numberAttribute(node, 'alpha', 0.0001), numberAttribute(node, 'beta', 0.75)];
  /** The sum over the channels around each, divided by their number. */
  const neighbours = (value: string) => channelMean(context, value, size);
  const scale = (x: string) => add(numberAttribute(node, 'bias', 1), mul(alpha, neighbours(mul(x, x))));
  return { alpha, beta, neighbours, scale };
}

/** Outside lies 0. */
function channelMean({ b, x }: RuleContext, value: string, size: number): string {
  const plane = b.op('Unsqueeze', [
    b.op('Reshape', [value, b.constant('int64', [0, 0, -1])]),
    b.constant('int64', [1]),
  ]);
  const pads = [(size - 1) / 2, 0, (size - 1) / 2, 0];
  const mean = b.op('AveragePool', [plane], { kernel_shape: [size, 1], pads, count_include_pad: 1 });
  return reshapeLike(b, mean, x);
}
