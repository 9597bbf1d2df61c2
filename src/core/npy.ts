/**
 * NumPy's .npy format: the magic bytes, a version, a header written as a Python dictionary, then the numbers.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { endianness } from 'node:os';
import { expected } from './errors.ts';
import { fromFloat16 } from './float16.ts';
import { sizeOf } from './tensor.ts';

export type NpyData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array of any kind that a .npy file can hold and this package needs. */
export interface NpyArray<Data extends NpyData = NpyData> {
  readonly data: Data;
  readonly shape: readonly number[];
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/**
 * Writes an array as a .npy file: version 1.0, C order, little endian, in the type of `data`.
 *
 * @param array `data` in C order and its `shape`
 * @returns the bytes of the file
 * @example
 * ```ts
 * await writeFile('map.npy', encodeNpy({ data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] }));
 * ```
 */
export function encodeNpy({ data, shape }: NpyArray<Float32Array | Int32Array | Uint8Array>): Uint8Array {
  const type = data instanceof Float32Array ? '<f4' : data instanceof Int32Array ? '<i4' : '|u1';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([prefix, Buffer.from(header, 'latin1'), littleEndian(bytes, data.BYTES_PER_ELEMENT)]);
}

/**
 * Reads a .npy file of numbers or booleans, versions 1 to 3, C or Fortran order, either byte order.
 * float64 stays float64; float16 and float32 become float32, bytes and booleans uint8, all other whole numbers int32.
 *
 * @param bytes the whole file; it is not trusted
 * @param name what error sentences call it
 * @returns the numbers in C order and their shape
 * @throws `ERR_OPTION` where the bytes are no such file
 * @example
 * ```ts
 * const { data, shape } = decodeNpy(await readFile('map.npy'), 'map.npy');
 * ```
 */
export function decodeNpy(bytes: Uint8Array, name = 'npy file'): NpyArray {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (wanted: string, received: string) => expected('ERR_OPTION', name, wanted, received);
  if (!file.subarray(0, 6).equals(MAGIC)) throw fail('a NumPy .npy file', describeStart(file));
  const wide = (file[6] ?? 0) >= 2;
  const begin = wide ? 12 : 10;
  if (file[6]! > 3 || file.length < begin) throw fail('a .npy file of version 1 to 3', `version ${file[6]}`);
  const end = begin + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.toString('latin1', begin, Math.min(end, begin + 65536));
  const type = /'descr'\s*:\s*'([<>|=][a-z]\d+)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (end > file.length || !order || tuple === undefined) throw fail('a complete .npy header', `${file.length} bytes`);
  const reader = type === undefined ? undefined : READERS[type.slice(1)];
  if (!type || !reader) throw fail('numbers or booleans', type ? `elements of type '${type}'` : 'other elements');

  const shape = tuple.split(',').flatMap((length) => (length.trim() ? [Number(length)] : []));
  const width = Number(type.slice(2));
  const size = sizeOf(shape);
  const body = file.subarray(end);
  if (!(size * width <= body.length)) {
    throw fail(`${size * width} bytes of data for the shape [${shape.join(', ')}]`, `${body.length}`);
  }
  const data = reader(swapped(body.subarray(0, size * width), width, type[0] === '>'), size, name);
  return { data: order === 'True' ? fromFortran(data, shape) : data, shape };
}

type Reader = (bytes: Buffer, size: number, name: string) => NpyData;

/** How to read little-endian elements of each type. */
const READERS: { readonly [type: string]: Reader | undefined } = {
  f2: (bytes, size) => Float32Array.from({ length: size }, (_, at) => fromFloat16(bytes.readUInt16LE(2 * at))),
  f4: (bytes, size) => Float32Array.from({ length: size }, (_, at) => bytes.readFloatLE(4 * at)),
  f8: (bytes, size) => Float64Array.from({ length: size }, (_, at) => bytes.readDoubleLE(8 * at)),
  b1: (bytes) => Uint8Array.from(bytes),
  u1: (bytes) => Uint8Array.from(bytes),
  i1: (bytes, size) => Int32Array.from({ length: size }, (_, at) => bytes.readInt8(at)),
  i2: (bytes, size) => Int32Array.from({ length: size }, (_, at) => bytes.readInt16LE(2 * at)),
  u2: (bytes, size) => Int32Array.from({ length: size }, (_, at) => bytes.readUInt16LE(2 * at)),
  i4: (bytes, size) => Int32Array.from({ length: size }, (_, at) => bytes.readInt32LE(4 * at)),
  u4: (bytes, size, name) => wholeNumbers(size, name, (at) => BigInt(bytes.readUInt32LE(4 * at))),
  i8: (bytes, size, name) => wholeNumbers(size, name, (at) => bytes.readBigInt64LE(8 * at)),
  u8: (bytes, size, name) => wholeNumbers(size, name, (at) => bytes.readBigUInt64LE(8 * at)),
};

function wholeNumbers(size: number, name: string, read: (at: number) => bigint): Int32Array {
  return Int32Array.from({ length: size }, (_, at) => {
    const value = read(at);
    if (value !== BigInt.asIntN(32, value)) throw expected('ERR_OPTION', name, 'whole numbers of 32 bits', value);
    return Number(value);
  });
}

/** The element at C index (i₀, i₁, …) lies at i₀ + i₁·n₀ + i₂·n₀·n₁ + … in Fortran order. */
function fromFortran(data: NpyData, shape: readonly number[]): NpyData {
  const ordered = data.slice();
  for (let at = 0; at < data.length; at++) {
    let rest = at;
    let from = 0;
    for (let axis = shape.length - 1, stride = data.length; axis >= 0; axis--) {
      stride /= shape[axis]!;
      from += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
    }
    ordered[at] = data[from]!;
  }
  return ordered;
}

function swapped(bytes: Buffer, width: number, isSwapped: boolean): Buffer {
  if (!isSwapped || width === 1) return bytes;
  const copy = Buffer.from(bytes);
  return width === 2 ? copy.swap16() : width === 4 ? copy.swap32() : copy.swap64();
}

const littleEndian = (bytes: Buffer, width: number) => swapped(bytes, width, endianness() === 'BE');

const describeStart = (file: Buffer) => (file.length === 0 ? 'an empty file' : 'a file of another format');
