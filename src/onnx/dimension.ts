/**
 * Products of lengths some of which are only names: 64 · N is the string "64*N". That is all the algebra that
 * shape inference needs: reshapes multiply and divide, and a dynamic batch cancels.
 */
import type { Dimension } from './graph.ts';

interface Product {
  readonly factor: number;
  readonly names: readonly string[];
}

/** The product of lengths. */
export function multiply(dimensions: readonly Dimension[]): Dimension {
  return fromProduct(productOf(dimensions));
}

/** `a` / `b`, or undefined where that is no length. */
export function divide(a: readonly Dimension[], b: readonly Dimension[]): Dimension | undefined {
  const [above, below] = [productOf(a), productOf(b)];
  const rest = [...above.names];
  for (const name of below.names) {
    const at = rest.indexOf(name);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  const factor = above.factor / below.factor;
  return Number.isInteger(factor) ? fromProduct({ factor, names: rest }) : undefined;
}

function productOf(dimensions: readonly Dimension[]): Product {
  const parts = dimensions.flatMap((length) => String(length).split('*'));
  const factor = parts.filter(isNumber).reduce((product, part) => product * Number(part), 1);
  return { factor, names: parts.filter((part) => !isNumber(part)).sort() };
}

const isNumber = (part: string) => /^-?\d/.test(part);

function fromProduct({ factor, names }: Product): Dimension {
  if (names.length === 0 || factor === 0) return factor;
  return [...(factor === 1 ? [] : [factor]), ...names].join('*');
}
