import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeNpy, encodeNpy } from '../../dist/src/core/npy.js';

interface Golden {
  name: string;
  file: string;
  shape: number[];
  values: number[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/npy/golden.json', import.meta.url), 'utf8')) as Golden[];
const file = (name: string) => Buffer.from(golden.find((case_) => case_.name === name)!.file, 'base64');

describe('decodeNpy reads what NumPy wrote', () => {
  test.each(golden)('$name', ({ file, shape, values }) => {
    const array = decodeNpy(Buffer.from(file, 'base64'));
    expect(array.shape).toEqual(shape);
    expect(Array.from(array.data)).toEqual(values);
  });
});

describe('encodeNpy', () => {
  test.each(['<f4', '<i4', '<u1', 'one axis'])('writes the very bytes of NumPy: %s', (name) => {
    const bytes = file(name);
    const { data, shape } = decodeNpy(bytes);
    if (data instanceof Float64Array) throw new TypeError('not a type that is written');
    expect(Buffer.from(encodeNpy({ data, shape })).equals(bytes)).toBe(true);
  });

  test('what is written can be read', () => {
    const array = fc.float32Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(array, fc.boolean(), (data, isColumn) => {
        const shape = isColumn ? [data.length, 1] : [1, data.length];
        expect(decodeNpy(encodeNpy({ data, shape }))).toEqual({ data, shape });
      }),
    );
  });
});

describe('decodeNpy refuses', () => {
  const header = (text: string) => {
    const bytes = Buffer.from(`\x93NUMPY\x01\0\0\0${text}\n`, 'latin1');
    bytes.writeUInt16LE(text.length + 1, 8);
    return bytes;
  };
  test.each([
    ['an empty file', Buffer.alloc(0), 'x.npy: expected a NumPy .npy file, received an empty file.'],
    ['a text', Buffer.from('hello, world'), 'x.npy: expected a NumPy .npy file'],
    ['only the magic', Buffer.from('\x93NUMPY', 'latin1'), 'x.npy: expected'],
    ['half a header', file('<f4').subarray(0, 40), 'x.npy: expected a complete .npy header'],
    [
      'half the data',
      file('<f4').subarray(0, -3),
      'x.npy: expected 24 bytes of data for the shape [2, 3], received 21.',
    ],
    [
      'objects',
      header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
      'x.npy: expected numbers or booleans',
    ],
    [
      'a structure',
      header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"),
      'x.npy: expected numbers',
    ],
    [
      'complex',
      header("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }"),
      'x.npy: expected numbers or booleans',
    ],
    [
      'a huge shape',
      header(`{'descr': '<f4', 'fortran_order': False, 'shape': (${'9'.repeat(400)}, 0), }`),
      'x.npy: expected',
    ],
    [
      'a lie',
      header("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }"),
      'x.npy: expected 4000000000000 bytes',
    ],
  ])('%s', (_, bytes, sentence) => {
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(sentence);
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
  });

  test('whole numbers that do not fit 32 bits', () => {
    const bytes = file('<i8');
    bytes.writeBigInt64LE(2n ** 40n, bytes.length - 8);
    expect(() => decodeNpy(bytes, 'x.npy')).toThrow(
      'x.npy: expected whole numbers of 32 bits, received 1099511627776.',
    );
  });

  test('any damage with a sentence, never a crash', () => {
    const bytes = file('Fortran order');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = value;
        try {
          decodeNpy(damaged, 'x.npy');
        } catch (error) {
          expect(error).toMatchObject({ name: 'ExplainError' });
        }
      }),
    );
  });
});
