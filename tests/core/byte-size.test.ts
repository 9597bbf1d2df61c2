import { expect, test } from 'vitest';
import { bytesOf } from '../../dist/src/core/byte-size.js';

test.each([
  [1024, 2 ** 30],
  [1.5, 1.5 * 2 ** 20],
  ['300', 300 * 2 ** 20],
  ['2GiB', 2 ** 31],
  ['2 gib', 2 ** 31],
  ['1.5g', 1.5 * 2 ** 30],
  ['512MB', 512e6],
  ['4096K', 2 ** 22],
  ['1TiB', 2 ** 40],
])('%s', (size, bytes) => expect(bytesOf(size, 'memory')).toBe(bytes));

test.each([0, -1, Number.NaN, '', 'much', '2GiBs', '1.2.3g', '2 4', '100kB', '0.5'])('refuses %s', (size) => {
  expect(() => bytesOf(size, 'memory')).toThrow(`memory: expected at least 1 MiB, as a number of MiB or with a unit`);
});
