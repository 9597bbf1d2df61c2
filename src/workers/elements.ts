/** Between float32 numbers, in which all work here is done, and the element types of a model's input and outputs. */
import { Tensor } from 'onnxruntime-node';
import { fromFloat16, toFloat16 } from '../core/float16.ts';
import { type ElementType, type WholeRange, wholeRange } from '../onnx/element-type.ts';

/** Numbers as a tensor of an element type; whole numbers are the nearest ones that the type has. */
export function tensorOf(type: ElementType, numbers: Float32Array, dims: readonly number[]): Tensor {
  const range = wholeRange(type);
  if (range) return wholeTensor(type, numbers, range, dims);
  if (type === 'float16') return halfTensor(toFloat16(numbers), dims);
  if (type === 'float64') return new Tensor('float64', new Float64Array(numbers), dims);
  return new Tensor('float32', numbers, dims);
}

/**
 * Where JavaScript has Float16Array, ONNX Runtime's tensor makes one of the bits, whose length its native side then takes for 0
 * (1.30: "not enough space"). It reads the bits themselves correctly.
 */
function halfTensor(bits: Uint16Array, dims: readonly number[]): Tensor {
  return Object.defineProperty(new Tensor('float16', bits, dims), 'data', { value: bits });
}

const ARRAYS = {
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
} as const;

function wholeTensor(type: ElementType, numbers: Float32Array, [least, most]: WholeRange, dims: readonly number[]) {
  if (type === 'uint8') return new Tensor(type, new Uint8Array(new Uint8ClampedArray(numbers).buffer), dims);
  const whole = (value: number) => Math.min(Math.max(Math.round(value), least), most);
  const bigint = (value: number) => BigInt(whole(value));
  if (type === 'int64') return new Tensor(type, BigInt64Array.from(Array.from(numbers, bigint)), dims);
  if (type === 'uint64') return new Tensor(type, BigUint64Array.from(Array.from(numbers, bigint)), dims);
  const known = type as 'int32'; // or another of ARRAYS
  return new Tensor(known, ARRAYS[known].from(numbers, whole), dims);
}

/** The numbers of an output of floats. */
export function numbersOf({ type, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, fromFloat16);
  if (type === 'float16' || type === 'float64') return Float32Array.from(data as ArrayLike<number>);
  throw new Error(`the model's output is of type ${type}; only floats can be explained`);
}
