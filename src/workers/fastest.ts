/** Finds the fastest of several ways, by a few trials of each. */

/** All are tried once; then the usual way and so many others are tried again, so many times. */
const FINALISTS = 2;
const FINALS = 2;
/** What a way must save to be preferred: less is chance. */
const LEAST_SAVING = 0.03;

/**
 * Yields the way to try next, takes what that took, ∞ where it will not do, and returns the way that took the least: the first
 * where none saves 3 %.
 */
export function* fastest<Way extends object>(ways: readonly Way[]): Generator<Way, Way, number> {
  const times = new Map(ways.map((way) => [way, Infinity]));
  const timeOf = (way: Way) => times.get(way)!;
  const [usual, ...others] = ways as [Way, ...Way[]];
  for (const way of ways) times.set(way, yield way);
  const able = others.filter((way) => timeOf(way) < Infinity);
  const finalists = able.sort((one, other) => timeOf(one) - timeOf(other)).slice(0, FINALISTS);
  for (let round = 0; finalists.length > 0 && round < FINALS; round++) {
    for (const way of [usual, ...finalists]) times.set(way, Math.min(timeOf(way), yield way));
  }
  const best = finalists.reduce((best, way) => (timeOf(way) < timeOf(best) ? way : best), usual);
  return timeOf(best) <= (1 - LEAST_SAVING) * timeOf(usual) ? best : usual;
}
