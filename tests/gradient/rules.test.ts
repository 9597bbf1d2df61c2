import { describe, expect, test } from 'vitest';
import { operatorOf } from '../../dist/src/gradient/rule.js';
import { RULES } from '../../dist/src/gradient/rules/index.js';
import { DECOMPOSITIONS } from '../../dist/src/onnx/decompose.js';
import { CASES, modelOf } from './cases.ts';
import { checkGradient } from './check-gradient.ts';

describe('each rule against central differences', () => {
  test.each(CASES.map((row) => ({ ...row, title: `${row.operator}: ${row.variant}` })))('$title', async (row) => {
    const { graph, truth, inputs } = modelOf(row);
    for (const seed of [7, 21, 35]) {
      const { analytic, numeric, scale } = await checkGradient(graph, inputs, seed, truth);
      expect(Math.abs(analytic - numeric)).toBeLessThanOrEqual(1e-4 * scale);
    }
  });
});

test('every rule and every operator that is taken apart has a case', () => {
  const covered = new Set(CASES.map(({ operator }) => operator));
  const apart = Object.entries(DECOMPOSITIONS).flatMap(([domain, operators]) =>
    Object.keys(operators).map((op) => operatorOf({ op, domain })),
  );
  expect([...Object.keys(RULES), ...apart].filter((operator) => !covered.has(operator))).toEqual([]);
});
