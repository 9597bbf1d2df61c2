/** Memory for functions of WebAssembly, which grows as parts of it are taken. */
export interface OwnMemory {
  readonly memory: WebAssembly.Memory;
  /** The address of so many numbers more. */
  take(numbers: number): number;
  /** Numbers from an address on. Good until the next `take`, which may move all of the memory. */
  view(start: number, numbers: number): Float32Array;
  /** The same of whole numbers. */
  integers(start: number, numbers: number): Int32Array;
}

const PAGE = 2 ** 16;
export const BYTES = Float32Array.BYTES_PER_ELEMENT;

export function ownMemory(): OwnMemory {
  const memory = new WebAssembly.Memory({ initial: 0 });
  let used = 0;
  return {
    memory,
    take(numbers) {
      const start = used;
      used += numbers * BYTES;
      memory.grow(Math.max(0, Math.ceil((used - memory.buffer.byteLength) / PAGE)));
      return start;
    },
    view: (start, numbers) => new Float32Array(memory.buffer, start, numbers),
    integers: (start, numbers) => new Int32Array(memory.buffer, start, numbers),
  };
}
