import { expected } from '../core/errors.ts';
import { fromFloat16, toFloat16 } from '../core/float16.ts';
import type { Constant, ElementType } from './graph.ts';

type NumberArray =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** A constant from numbers, in C order. */
export function constantOf(type: ElementType, values: readonly number[], shape: readonly number[]): Constant {
  return { type, shape, data: new Uint8Array(arrayOf(type, values).buffer) };
}

/**
 * The numbers of a constant held in the model file itself; `undefined` for one in an external file.
 * Integers beyond ±(2^53 − 1) are cut to that.
 */
export function numbersOf(constant: Constant): number[] | undefined {
  if (!(constant.data instanceof Uint8Array)) return undefined;
  const bytes = constant.data.slice();
  if (constant.type === 'float16') return Array.from(new Uint16Array(bytes.buffer), fromFloat16);
  if (constant.type === 'bfloat16') return Array.from(new Uint16Array(bytes.buffer), fromBfloat16);
  const ArrayType = ARRAYS[constant.type as keyof typeof ARRAYS];
  if (!ArrayType) return undefined;
  const array: NumberArray = new ArrayType(bytes.buffer, 0, Math.floor(bytes.length / ArrayType.BYTES_PER_ELEMENT));
  return Array.from(array as ArrayLike<number | bigint>, safeNumber);
}

/** An int64 as a number, cut to the safe integers: ONNX files write 2^63 − 1 for "to the end". */
export const safeNumber = (value: number | bigint): number =>
  typeof value === 'number'
    ? value
    : Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));

/** bfloat16 is the upper half of a float32. */
const fromBfloat16 = (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;

function arrayOf(type: ElementType, values: readonly number[]) {
  if (type === 'int64' || type === 'uint64') return ARRAYS[type].from(values.map(BigInt));
  if (type === 'float16') return toFloat16(Float32Array.from(values));
  if (type in ARRAYS) return ARRAYS[type as 'float32'].from(values);
  throw expected('ERR_MODEL', 'a constant', `an element type of float16, ${Object.keys(ARRAYS).join(', ')}`, type);
}
