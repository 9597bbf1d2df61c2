/**
 * Straight through: rounding is taken for what it approximates, q = x / scale + zero within the range of whole numbers
 * →  dx = dq / scale, 0 where x was cut off. So the explanation is that of the model before it was quantised.
 */
import { numberAttribute } from '../../onnx/attributes.ts';
import { type Rule, type RuleContext, refuse } from '../rule.ts';
import { withAxes } from '../shaping.ts';
import { Conv } from './convolution.ts';
import { MatMul } from './linear.ts';
import { perAxis, sizeOf } from './per-axis.ts';

/**
 * A value that was not cut off lies within half a step of its quantised one; the bound leaves room for float32's rounding.
 * Where the smallest whole number stands for 0, cutting off took the place of a Relu, so that values just below 0 count as
 * cut off too, though they are rounded to it.
 */
export const QuantizeLinear: Rule = (context) => {
  const { node, b, x, y, dy, inputs, mul, div, sub, abs, and, less: below, indicator } = context;
  const [, scale, zero] = inputs;
  const step = perAxis(context, scale);
  const restored = b.op('DequantizeLinear', [y, scale, zero], { axis: numberAttribute(node, 'axis', 1) });
  const near = below(abs(sub(x, restored)), mul(0.501, step));
  const kept = indicator(startsAtZero(context) ? and(near, b.op('Not', [below(x, 0)])) : near);
  return [mul(kept, div(dy, step)), undefined, undefined];
};

const SMALLEST: { readonly [type: string]: number } = { uint8: 0, uint16: 0, int8: -128, int16: -32768 };

function startsAtZero({ y, inputs: [, , zero], typeOf, numbers }: RuleContext): boolean {
  const smallest = SMALLEST[typeOf(y) ?? 'uint8'];
  return zero ? (numbers(zero)?.every((value) => value === smallest) ?? false) : smallest === 0;
}

export const DequantizeLinear: Rule = (context) => [
  context.mul(context.dy, perAxis(context, context.inputs[1])),
  undefined,
  undefined,
];

/** The scale is found in x itself, so that nothing is cut off. */
export const DynamicQuantizeLinear: Rule = ({ node, dys, div }) => [dys[0] && div(dys[0], node.outputs[1]!)];

/** y = (A − zero) (B − zero); a zero for each row of A would have to lie along another axis. */
export const MatMulInteger: Rule = (context) => {
  const { node, inputs, shapeOf, wants } = context;
  const [A, B, zeroA, zeroB] = inputs;
  if (wants(1) && zeroA && sizeOf(shapeOf(zeroA)) !== 1) refuse(node, `one zero point for '${A}'`);
  return [...MatMul(onFloats(context, less(context, A, zeroA), less(context, B, zeroB))), undefined, undefined];
};

export const ConvInteger: Rule = (context) => {
  const { b, inputs, shapeOf } = context;
  const [x, weights, zero, weightZero] = inputs;
  const spatial = (shapeOf(weights) ?? []).slice(1).map((_, axis) => axis + 1);
  const zeros = weightZero && sizeOf(shapeOf(weightZero)) !== 1 ? withAxes(b, weightZero, spatial) : weightZero;
  const [dx, dw] = Conv(onFloats(context, less(context, x, zero), less(context, weights, zeros)));
  return [dx, dw, undefined, undefined];
};

/** Whole numbers less their zero point, as floats. */
function less({ indicator: toFloat, sub }: RuleContext, value: string, zero: string): string {
  return zero ? sub(toFloat(value), toFloat(zero)) : toFloat(value);
}

/** The node's context with its two operands replaced by others of the same shapes. */
function onFloats(context: RuleContext, first: string, second: string): RuleContext {
  const { node, inputs, shapeOf, staticShapeOf } = context;
  const original = new Map([
    [first, inputs[0]],
    [second, inputs[1]],
  ]);
  return {
    ...context,
    node: { ...node, inputs: [first, second] },
    inputs: [first, second, '', '', ''],
    x: first,
    shapeOf: (name) => shapeOf(original.get(name) ?? name),
    staticShapeOf: (name) => staticShapeOf(original.get(name) ?? name),
  };
}
