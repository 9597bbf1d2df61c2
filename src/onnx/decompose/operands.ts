/** Operands of operators that carry scales, zero points and biases along. */
import type { Builder } from '../builder.ts';

/** Whole numbers, their scale and, unless it is 0, their zero point. */
export type Quantized = readonly [value: string, scale: string, zero: string | undefined];

/** (q − zero) · scale, where scale and zero may be one for each index along `axis`. */
export const dequantized = (b: Builder, operand: Quantized, axis?: number): string =>
  b.op('DequantizeLinear', withoutEmptyEnd(operand), { axis });

/** y / scale + zero, rounded. */
export const quantizedLike = (b: Builder, operand: Quantized): string =>
  b.op('QuantizeLinear', withoutEmptyEnd(operand));

const withoutEmptyEnd = (operand: Quantized) => operand.filter((name) => name);

/** The sum with a bias, if there is one. */
export const plus = (b: Builder, value: string, bias: string | undefined): string =>
  bias ? b.op('Add', [value, bias]) : value;
