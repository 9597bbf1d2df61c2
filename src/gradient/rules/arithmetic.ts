/**
 * y = f(a, b) element by element, with broadcasting: da = dy · ∂f/∂a, db = dy · ∂f/∂b.
 * Where several inputs share the largest (smallest) value, they share its gradient.
 */
import { isFloat } from '../../onnx/element-type.ts';
import { broadcasting } from '../broadcasting.ts';
import type { Rule } from '../rule.ts';

export const Add = broadcasting(({ dy }) => [dy, dy]);
export const Sub = broadcasting(({ dy, neg }) => [dy, neg(dy)]);
export const Mul = broadcasting(({ dy, inputs: [a, b], mul }) => [mul(dy, b), mul(dy, a)]);

/** y = a / b  →  da = dy / b, db = −dy · y / b */
export const Div = broadcasting(({ dy, y, inputs: [, b], mul, div, neg }) => [div(dy, b), neg(div(mul(dy, y), b))]);

/** y = a − b · (a / b without its fraction)  →  da = dy, db = −dy · (a − y) / b */
export const Mod = broadcasting(({ dy, y, inputs: [a, b], mul, div, sub, neg }) => [
  dy,
  neg(mul(dy, div(sub(a, y), b))),
]);

/** y = aᵇ  →  da = dy · b · aᵇ⁻¹ (0 where b = 0), db = dy · y · ln a (0 where a = 0); b may be of whole numbers */
export const Pow = broadcasting(({ dy, y, wants, inputs: [a, exponent], typeOf, indicator: toFloat, ...c }) => {
  const { mul, sub, pow, log, equal, where } = c;
  const b = isFloat(typeOf(exponent) ?? 'float32') ? exponent : toFloat(exponent);
  return [
    mul(dy, where(equal(b, 0), 0, mul(b, pow(a, sub(b, 1))))),
    wants(1) ? mul(dy, where(equal(a, 0), 0, mul(y, log(a)))) : undefined,
  ];
});

export const Sum = broadcasting(({ dy, node }) => node.inputs.map(() => dy));
export const Mean = broadcasting(({ dy, node, div }) => node.inputs.map(() => div(dy, node.inputs.length)));

/** The inputs that equal the output share its gradient in equal parts, as torch.maximum has it. */
export const Max = broadcasting(({ dy, y, node, equal, indicator, add, div, mul }) => {
  const wins = node.inputs.map((input) => indicator(equal(input, y)));
  const share = div(dy, add(...wins));
  return wins.map((win) => mul(share, win));
});
export const Min = Max;

/** y = mask ? a : b */
export const Where = broadcasting(({ dy, inputs: [mask], where }) => [
  undefined,
  where(mask, dy, 0),
  where(mask, 0, dy),
]);

export const Neg: Rule = ({ dy, neg }) => [neg(dy)];
export const Abs: Rule = ({ dy, x, mul, sign }) => [mul(dy, sign(x))];
export const Reciprocal: Rule = ({ dy, y, mul, neg }) => [neg(mul(dy, y, y))];
export const Sqrt: Rule = ({ dy, y, div, mul }) => [div(dy, mul(2, y))];
export const Exp: Rule = ({ dy, y, mul }) => [mul(dy, y)];
export const Log: Rule = ({ dy, x, div }) => [div(dy, x)];

/** y = erf x  →  dx = dy · 2/√π · e^(−x²) */
export const Erf: Rule = ({ dy, x, mul, exp, neg }) => [mul(dy, 2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))))];
