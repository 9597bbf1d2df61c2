function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

/** The median of each number of some records that have the same ones. */
export function medians<Name extends string>(records: readonly Readonly<Record<Name, number>>[]): Record<Name, number> {
  const names = Object.keys(records[0]!) as Name[];
  const entries = names.map((name) => [name, median(records.map((record) => record[name]))] as const);
  return Object.fromEntries(entries) as Record<Name, number>;
}
