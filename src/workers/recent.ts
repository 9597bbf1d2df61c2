/** Keeps what was made for the last few keys that were asked for. */
export function recent<Value>(most: number): (key: number, make: () => Value) => Value {
  const kept = new Map<number, Value>();
  return (key, make) => {
    const value = kept.get(key) ?? make();
    kept.delete(key);
    kept.set(key, value);
    for (const oldest of kept.keys()) if (kept.size > most) kept.delete(oldest);
    return value;
  };
}
