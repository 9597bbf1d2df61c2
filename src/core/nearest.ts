/**
 * The positions of up to three entries that may have been meant by `name`, nearest first: by the edits from `name` to
 * the closest of an entry's spellings, relative to length. A spelling that contains the name is near.
 */
export function nearest(name: string, entries: readonly (readonly string[])[]): number[] {
  const distance = (spellings: readonly string[]) =>
    Math.min(...spellings.map((spelling) => distanceTo(name, spelling)));
  return entries
    .map((spellings, at) => ({ at, distance: distance(spellings) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ at }) => at);
}

const distanceTo = (name: string, spelling: string) =>
  spelling.includes(name) ? 0.1 : editDistance(name, spelling) / Math.max(name.length, spelling.length, 1);

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
