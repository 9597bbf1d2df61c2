/** A tensor's values as a file may hold them: raw bytes, or lists of numbers by the width of the element type. */
import { sizeOf } from '../core/tensor.ts';
import { bytesOf, type ElementType } from './element-type.ts';

export interface StoredTensor {
  readonly rawData: Uint8Array;
  readonly floatData: readonly number[];
  readonly doubleData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly bigint[];
  readonly uint64Data: readonly bigint[];
  readonly stringData: readonly Uint8Array[];
}

/** A tensor's bytes, or its strings; undefined where there are not as many as the shape asks for. */
export function tensorData(
  stored: StoredTensor,
  type: ElementType,
  shape: readonly number[],
): Uint8Array | string[] | undefined {
  const count = sizeOf(shape);
  if (type === 'string') {
    return stored.stringData.length === count
      ? stored.stringData.map((bytes) => new TextDecoder().decode(bytes))
      : undefined;
  }
  const data = stored.rawData.length > 0 ? stored.rawData : bytesOfNumbers(stored, type);
  return data.length === bytesOf(type, count) ? data : undefined;
}

function bytesOfNumbers(stored: StoredTensor, type: ElementType): Uint8Array {
  const array = typedArray(stored, type);
  return new Uint8Array(array.buffer);
}

function typedArray(stored: StoredTensor, type: ElementType) {
  switch (type) {
    case 'float32':
    case 'complex64':
      return Float32Array.from(stored.floatData);
    case 'float64':
    case 'complex128':
      return Float64Array.from(stored.doubleData);
    case 'int64':
      return BigInt64Array.from(stored.int64Data);
    case 'uint64':
      return BigUint64Array.from(stored.uint64Data);
    case 'uint32':
      return Uint32Array.from(stored.uint64Data, Number);
    case 'int32':
      return Int32Array.from(stored.int32Data);
    default:
      return bytesOf(type, 1) === 2 ? Uint16Array.from(stored.int32Data) : Uint8Array.from(stored.int32Data);
  }
}
