/** All rows of the rule tests, and the toy model that a row describes. */
import { noise, toyGraph } from '../toy-model.ts';
import { ATTENTION_CASES } from './attention-cases.ts';
import { ELEMENTWISE_CASES } from './elementwise-cases.ts';
import { INDEXING_CASES } from './indexing-cases.ts';
import { LAYOUT_CASES } from './layout-cases.ts';
import { LINEAR_CASES } from './linear-cases.ts';
import { MICROSOFT_CASES } from './microsoft-cases.ts';
import { MOVEMENT_CASES } from './movement-cases.ts';
import { QLINEAR_CASES } from './qlinear-cases.ts';
import { QUANTIZATION_CASES } from './quantization-cases.ts';
import type { RuleCase } from './rule-case.ts';
import { SAMPLING_CASES } from './sampling-cases.ts';
import { SEQUENCE_CASES } from './sequence-cases.ts';
import { SPATIAL_CASES } from './spatial-cases.ts';

export const CASES: readonly RuleCase[] = [
  ...ATTENTION_CASES,
  ...ELEMENTWISE_CASES,
  ...INDEXING_CASES,
  ...LAYOUT_CASES,
  ...LINEAR_CASES,
  ...MICROSOFT_CASES,
  ...MOVEMENT_CASES,
  ...QLINEAR_CASES,
  ...QUANTIZATION_CASES,
  ...SAMPLING_CASES,
  ...SEQUENCE_CASES,
  ...SPATIAL_CASES,
];

/** With inputs x0, x1, … and the output y. */
export function modelOf({
  shapes,
  declared,
  build,
  truth = build,
  opset,
  domain = (value: number) => value,
}: RuleCase) {
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
