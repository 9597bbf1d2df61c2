/** What is taken apart computes what ONNX Runtime's own operator does. */
import { describe, expect, test } from 'vitest';
import { decompose } from '../../dist/src/onnx/decompose.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { prune } from '../../dist/src/onnx/prune.js';
import { CASES, modelOf } from '../gradient/cases.ts';
import { runModel } from '../toy-model.ts';

const APART = CASES.flatMap((row) => {
  const { graph, inputs } = modelOf(row);
  const [whole, title] = [inferShapes(graph), `${row.operator}: ${row.variant}`];
  const parts = decompose(whole);
  return parts === whole ? [] : [{ title, whole, parts, inputs }];
});

/** With all values as outputs, as gradients need them: ONNX Runtime then joins nothing. */
function kept(graph: Graph): Graph {
  const shaped = inferShapes(graph);
  return prune(
    shaped,
    graph.nodes.flatMap(({ outputs }) => outputs),
  );
}

describe('the parts', () => {
  test.each(APART)('$title', async ({ whole, parts, inputs }) => {
    const [wanted, received] = [(await runModel(whole, inputs)).y!, (await runModel(kept(parts), inputs)).y!];
    expect(received.shape).toEqual(wanted.shape);
    expect(whole.values.get('y')!.shape).toEqual(wanted.shape);
    const distances = wanted.data.map((value, at) => Math.abs(value - received.data[at]!));
    expect(Math.max(...distances)).toBeLessThanOrEqual(1e-6);
  });
});
