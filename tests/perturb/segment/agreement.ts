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

interface LabelMap {
  readonly labels: ArrayLike<number>;
  readonly width: number;
}

/** The share of pixels where a segment spills over a region's edge: the smaller part of each segment that is cut. */
export function underSegmentation({ labels }: LabelMap, { labels: regions }: LabelMap): number {
  const sizes = new Map<number, number>();
  const parts = new Map<number, number>();
  for (let at = 0; at < labels.length; at++) {
    const part = 1000 * labels[at]! + regions[at]!;
    sizes.set(labels[at]!, (sizes.get(labels[at]!) ?? 0) + 1);
    parts.set(part, (parts.get(part) ?? 0) + 1);
  }
  const spilt = [...parts].map(([part, size]) => Math.min(size, sizes.get(Math.floor(part / 1000))! - size));
  return spilt.reduce((sum, size) => sum + size, 0) / labels.length;
}

/** The share of the boundaries between regions that lie within 2 pixels of one between segments. */
export function boundaryRecall(segments: LabelMap, regions: LabelMap): number {
  const { width } = segments;
  const near = boundariesOf(segments);
  const isFound = (at: number) => {
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const x = (at % width) + dx;
        if (x >= 0 && x < width && near[at + dy * width + dx]) return true;
      }
    }
    return false;
  };
  const wanted = boundariesOf(regions).flatMap((isEdge, at) => (isEdge ? [at] : []));
  return wanted.filter(isFound).length / wanted.length;
}

const boundariesOf = ({ labels, width }: LabelMap): boolean[] =>
  Array.from(labels, (label, at) => {
    const isRight = at % width < width - 1 && label !== labels[at + 1];
    return isRight || (at + width < labels.length && label !== labels[at + width]);
  });
