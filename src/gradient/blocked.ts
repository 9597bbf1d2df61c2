import type { RuleContext } from './rule.ts';

/** Channels of a block, in the widest of ONNX Runtime's blocked layouts. */
const BLOCK = 16;

/**
 * A gradient of x [N, C, H, W] that comes from an operator without a kernel for ONNX Runtime's blocked layout, brought into
 * it by the mean of each value alone. What is added to it or multiplied with it is then done there, without a way out and back.
 */
export function blocked({ b, x, shapeOf }: RuleContext, gradient: string): string {
  const shape = shapeOf(x);
  const fits = shape?.length === 4 && typeof shape[1] === 'number' && shape[1] % BLOCK === 0;
  return fits ? b.op('AveragePool', [gradient], { kernel_shape: [1, 1] }) : gradient;
}
