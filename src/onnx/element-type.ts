/** What ONNX's tensors are made of: each type's number in the file (its place in the list) and its width in bits. */

const TYPES = [
  'other',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
] as const;

/** `other` stands for what is no tensor (a sequence, a map), and for a type that the file does not say. */
export type ElementType = (typeof TYPES)[number];

const BITS: { readonly [type in ElementType]: number } = {
  other: 0,
  string: 0,
  uint2: 2,
  int2: 2,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
  bool: 8,
  uint8: 8,
  int8: 8,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  float8e8m0: 8,
  uint16: 16,
  int16: 16,
  float16: 16,
  bfloat16: 16,
  uint32: 32,
  int32: 32,
  float32: 32,
  uint64: 64,
  int64: 64,
  float64: 64,
  complex64: 64,
  complex128: 128,
};

/** The element type that a file means by a number. */
export const elementTypeOf = (number: number): ElementType => TYPES[number] ?? 'other';

/** The number that stands for an element type in a file. */
export const numberOfType = (type: ElementType): number => TYPES.indexOf(type);

/** How many bytes `count` elements take; elements below 8 bits are packed. */
export const bytesOf = (type: ElementType, count: number): number => Math.ceil((count * BITS[type]) / 8);

const FLOATS: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'bfloat16', 'float64']);
export const isFloat = (type: ElementType): boolean => FLOATS.has(type);

/** The least and the most that a whole number of a type can be; of 64 bits, what a double counts exactly. */
export type WholeRange = readonly [least: number, most: number];

const { MIN_SAFE_INTEGER, MAX_SAFE_INTEGER } = Number;
const WHOLE_RANGES: { readonly [type in ElementType]?: WholeRange } = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint64: [0, MAX_SAFE_INTEGER],
  int64: [MIN_SAFE_INTEGER, MAX_SAFE_INTEGER],
};

/** Undefined for types that are not whole numbers, or too short for a picture. */
export const wholeRange = (type: ElementType): WholeRange | undefined => WHOLE_RANGES[type];
