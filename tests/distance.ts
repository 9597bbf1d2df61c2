/** ‖a − b‖ / ‖b‖ */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  const difference = Array.from(a, (value, at) => (value - b[at]!) ** 2).reduce((x, y) => x + y, 0);
  return Math.sqrt(difference / Array.from(b, (value) => value ** 2).reduce((x, y) => x + y, 0));
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x, (value, at) => value * y[at]!).reduce((p, q) => p + q, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
