import type { Attribution } from '../core/attribution.ts';

/** For each attribution the name of its column: the method, numbered where it comes again with other options. */
export function columnNames(attributions: readonly Attribution[]): string[] {
  const seen = new Map<string, number>();
  return attributions.map(({ method, target }) => {
    const key = `${method} ${target.index}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? method : `${method}-${count}`;
  });
}
