/** Reads the NumPy arrays of the references. */
import { readFileSync } from 'node:fs';

/** A C-ordered array of float32, float64, uint8, int32 or int64 as numbers. */
export function readNpy(path: string | URL): { data: number[]; shape: number[] } {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const shape = [.../'shape': \(([^)]*)\)/.exec(header)![1]!.matchAll(/\d+/g)].map(Number);
  const content = bytes.subarray(10 + headerLength);
  const buffer = content.buffer.slice(content.byteOffset, content.byteOffset + content.length) as ArrayBuffer;
  const type = /'descr': '([^']+)'/.exec(header)![1]!;
  return { data: Array.from(numbers(type, buffer), Number), shape };
}

function numbers(type: string, buffer: ArrayBuffer): ArrayLike<number | bigint> {
  switch (type) {
    case '<f4':
      return new Float32Array(buffer);
    case '<f8':
      return new Float64Array(buffer);
    case '|u1':
      return new Uint8Array(buffer);
    case '<i4':
      return new Int32Array(buffer);
    case '<i8':
      return new BigInt64Array(buffer);
    default:
      throw new Error(`no reader for ${type}`);
  }
}
