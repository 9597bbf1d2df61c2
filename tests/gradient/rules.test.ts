import { describe, expect, test } from 'vitest';
import { RULES } from '../../dist/src/gradient/rules/index.js';
import { noise, toyGraph } from '../toy-model.ts';
import { checkGradient } from './check-gradient.ts';
import { ELEMENTWISE_CASES } from './elementwise-cases.ts';
import { INDEXING_CASES } from './indexing-cases.ts';
import { LAYOUT_CASES } from './layout-cases.ts';
import { LINEAR_CASES } from './linear-cases.ts';
import { MICROSOFT_CASES } from './microsoft-cases.ts';
import { MOVEMENT_CASES } from './movement-cases.ts';
import { QUANTIZATION_CASES } from './quantization-cases.ts';
import type { RuleCase } from './rule-case.ts';
import { SPATIAL_CASES } from './spatial-cases.ts';

const CASES = [
  ...ELEMENTWISE_CASES,
  ...INDEXING_CASES,
  ...LAYOUT_CASES,
  ...LINEAR_CASES,
  ...MICROSOFT_CASES,
  ...MOVEMENT_CASES,
  ...QUANTIZATION_CASES,
  ...SPATIAL_CASES,
];

function modelOf({ shapes, declared, build, truth = build, opset, domain = (value: number) => value }: RuleCase) {
  const names = shapes.map((_, at) => `x${at}`);
  const inputs = Object.fromEntries(
    names.map((name, at) => {
      const { data, shape } = noise(shapes[at]!, 11 + at);
      return [name, { data: data.map(domain), shape }];
    }),
  );
  const toy = (nodes: RuleCase['build']) =>
    toyGraph({
      inputs: Object.fromEntries(names.map((name, at) => [name, declared?.[at] ?? shapes[at]!])),
      build: (b) => nodes(b, names),
      outputs: ['y'],
      domains: { 'com.microsoft': 1 },
      ...(opset ? { opset } : {}),
    });
  return { graph: toy(build), truth: toy(truth), inputs };
}

describe('each rule against central differences', () => {
  test.each(CASES.map((row) => ({ ...row, title: `${row.operator}: ${row.variant}` })))('$title', async (row) => {
    const { graph, truth, inputs } = modelOf(row);
    for (const seed of [7, 21, 35]) {
      const { analytic, numeric, scale } = await checkGradient(graph, inputs, seed, truth);
      expect(Math.abs(analytic - numeric)).toBeLessThanOrEqual(1e-4 * scale);
    }
  });
});

test('every rule has a case', () => {
  const covered = new Set(CASES.map(({ operator }) => operator));
  expect(Object.keys(RULES).filter((operator) => !covered.has(operator))).toEqual([]);
});
