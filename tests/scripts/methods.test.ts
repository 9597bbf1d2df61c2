import { expect, test } from 'vitest';
import { METHOD_OPTION_NAMES, readersOf } from '../../dist/src/compare/method-options.js';
import { methodPages } from '../../scripts/methods.mjs';

test.each(methodPages())('$path is what `npm run docs:methods` writes', ({ found, wanted }) =>
  expect(found).toBe(wanted),
);

test('every option is read by a method', () => {
  expect(METHOD_OPTION_NAMES.filter((name) => readersOf(name).length === 0)).toEqual([]);
});
