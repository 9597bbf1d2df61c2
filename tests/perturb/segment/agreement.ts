/** How far two labellings agree on which pixels belong together: 1 wholly, 0 as by chance. */
export function adjustedRand(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const pairs = (counts: Iterable<number>) => [...counts].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const tally = (key: (at: number) => number) => {
    const counts = new Map<number, number>();
    for (let at = 0; at < one.length; at++) counts.set(key(at), (counts.get(key(at)) ?? 0) + 1);
    return pairs(counts.values());
  };
  const together = tally((at) => 2 ** 20 * one[at]! + other[at]!);
  const [inOne, inOther] = [tally((at) => one[at]!), tally((at) => other[at]!)];
  const byChance = (inOne * inOther) / pairs([one.length]);
  return (together - byChance) / ((inOne + inOther) / 2 - byChance);
}
