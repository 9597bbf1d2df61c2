/** y = f(x) element by element: dx = dy · f′(x). */
import type { Rule } from '../rule.ts';

export const Sin: Rule = ({ dy, x, mul, cos }) => [mul(dy, cos(x))];
export const Cos: Rule = ({ dy, x, mul, sin, neg }) => [neg(mul(dy, sin(x)))];
export const Tan: Rule = ({ dy, y, mul, add }) => [mul(dy, add(1, mul(y, y)))];
export const Asin: Rule = ({ dy, x, div, sqrt, sub, mul }) => [div(dy, sqrt(sub(1, mul(x, x))))];
export const Acos: Rule = ({ dy, x, div, sqrt, sub, mul, neg }) => [neg(div(dy, sqrt(sub(1, mul(x, x)))))];
export const Atan: Rule = ({ dy, x, div, add, mul }) => [div(dy, add(1, mul(x, x)))];
export const Sinh: Rule = ({ b, dy, x, mul }) => [mul(dy, b.op('Cosh', [x]))];
export const Cosh: Rule = ({ b, dy, x, mul }) => [mul(dy, b.op('Sinh', [x]))];
export const Asinh: Rule = ({ dy, x, div, sqrt, add, mul }) => [div(dy, sqrt(add(1, mul(x, x))))];
export const Acosh: Rule = ({ dy, x, div, sqrt, sub, mul }) => [div(dy, sqrt(sub(mul(x, x), 1)))];
export const Atanh: Rule = ({ dy, x, div, sub, mul }) => [div(dy, sub(1, mul(x, x)))];
