import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NO_GRADIENT, RULES } from '../../dist/src/gradient/rules/index.js';
import { operatorsPage, PAGE } from '../../scripts/operators.mjs';

const page = readFileSync(PAGE, 'utf8');
const row = (operator: string) => page.split('\n').find((line) => line.startsWith(`| ${operator} |`));

test('docs/operators.md is what `npm run docs:operators` writes', () => expect(page).toBe(operatorsPage()));

test('it has a line for each operator', () => {
  const missing = [...Object.keys(RULES), ...NO_GRADIENT, 'If', 'Loop', 'Scan'].filter((name) => !row(name));
  expect(missing).toEqual([]);
});

test.each([
  [
    'Resize',
    /rule \(`resizing`\) \| 7 on; changed at 11, 18 \| needs .*keep_aspect_ratio_policy 'stretch' instead of '…'/,
  ],
  ['AveragePool', /height and width of '…' known beforehand/],
  ['Tanh', /\| rule \(`activation`\) \| 7 on \| {2}\|/],
  ['DequantizeLinear', /straight through/],
  ['Scan', /\| 9 on \| refused where .*it has more than 64 rounds/],
  ['Upsample', /becomes Resize \| 7 on; changed at 9, 10/],
  ['com.microsoft.Gelu', /version 1 of its domain/],
])('%s', (operator, line) => expect(row(operator)).toMatch(line));
