/** Whole numbers for floats: rounding is no change, but what is cut off is. */
import { numberAttribute } from '../../onnx/attributes.ts';
import { withInputs } from '../other-inputs.ts';
import { perAxis } from '../rules/per-axis.ts';
import * as quantization from '../rules/quantization.ts';
import type { LiftRule } from './context.ts';

/**
 * With r = scale · (q − zero), which is x rounded and cut off, m = dy / scale · Δr / Δx. A change of x by less than a step would
 * have no change of r, or one that is far too large: there the gradient stands for the quotient.
 */
export const QuantizeLinear: LiftRule = (context) => {
  const { node, b, y, x, dy, inputs, sub, mul, div, abs, less, where, change, counterpart } = context;
  const [, scale, zero] = inputs;
  const axis = numberAttribute(node, 'axis', 1);
  const restored = (q: string) => b.op('DequantizeLinear', [q, scale, ...(zero ? [zero] : [])], { axis });
  const step = perAxis(context, scale);
  const quotient = div(mul(dy, sub(restored(y), restored(counterpart(y)))), mul(step, change(x)));
  return [where(less(abs(change(x)), step), quantization.QuantizeLinear(context)[0]!, quotient)];
};

/** y = (q − zero) · scale, where the scale may depend on the picture, as a product. */
export const DequantizeLinear: LiftRule = (context) => {
  const [q, scale, zero] = context.inputs;
  return quantization.DequantizeLinear(withInputs(context, [q, context.middle(scale), zero]));
};

/** The scale follows x: what it says by the product q · scale and what q says are Δx together, up to rounding. */
export const DynamicQuantizeLinear: LiftRule = ({ node, dys, div, middle }) => [
  dys[0] && div(dys[0], middle(node.outputs[1]!)),
];
