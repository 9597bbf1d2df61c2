/** How numbers and lists stand in a sentence. */

/** A correlation: two digits after the point. */
export const two = (value: number): string => withMinus(value.toFixed(2).replace(/^-0\.00$/, '0.00'));

/** Any figure: two digits that count, and whole from 100 on. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return withMinus(value.toFixed(0));
  return withMinus(size < 1e-3 ? value.toExponential(1) : value.toPrecision(2));
}

const withMinus = (text: string) => text.replaceAll('-', '−');

/** `a`, `a and b`, `a, b and c` */
export const enumeration = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
