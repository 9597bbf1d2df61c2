/** Those entries that say something: neither undefined nor false. */
export function given<Entries extends object>(
  entries: Entries,
): { readonly [name in keyof Entries]: NonNullable<Entries[name]> } {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined && value !== false),
  ) as never;
}
