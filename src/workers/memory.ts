/** Memory that is used again: what is given back goes to the next that asks for about as much. */
export interface Memory {
  /** So many numbers, whatever they are. */
  take(length: number): Float32Array;
  /** What was taken is no longer read. */
  give(numbers: Float32Array): void;
}

export function createMemory(): Memory {
  /** By the logarithm of their length. */
  const free = new Map<number, ArrayBufferLike[]>();
  return {
    take(length) {
      const size = Math.ceil(Math.log2(Math.max(length, 1)));
      return new Float32Array(free.get(size)?.pop() ?? new ArrayBuffer(4 * 2 ** size), 0, length);
    },
    give({ buffer }) {
      const size = Math.log2(buffer.byteLength / 4);
      free.set(size, [...(free.get(size) ?? []), buffer]);
    },
  };
}
