/**
 * Which columns of a regression explain most, one after the other: each time the one that lowers the residual most beside those
 * already chosen. With normal equations Qb = r column j lowers it by rⱼ² / Qⱼⱼ; what is chosen is then eliminated from both.
 */

/** Below this share of its own variation a column is made of those chosen before. */
const DEPENDENT = 1e-10;

/** Up to `count` columns in the order of their choice, from Q [side · side] and r [side]. */
export function forwardSelection(matrix: Float64Array, right: Float64Array, count: number): number[] {
  const side = right.length;
  const [left, rest] = [Float64Array.from(matrix), Float64Array.from(right)];
  const own = (at: number) => left[at * side + at]!;
  const isOpen = (at: number) => own(at) > DEPENDENT * matrix[at * side + at]!;
  const gain = (at: number) => rest[at]! ** 2 / own(at);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const open = Array.from(rest.keys()).filter((at) => !chosen.includes(at) && isOpen(at));
    if (open.length === 0) break;
    const best = open.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    chosen.push(best);
    const [row, pivot, amount] = [left.slice(best * side, (best + 1) * side), own(best), rest[best]!];
    for (let at = 0; at < side; at++) {
      const share = row[at]! / pivot;
      rest[at]! -= share * amount;
      for (let other = 0; other < side; other++) left[at * side + other]! -= share * row[other]!;
    }
  }
  return chosen;
}
