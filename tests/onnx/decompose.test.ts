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
  const parts = decompose(graph);
  const taken = String(parts.nodes.map(({ op }) => op)) !== String(graph.nodes.map(({ op }) => op));
  const title = `${row.operator}: ${row.variant}`;
  const tellsShapes = !row.operator.includes('Sequence');
  return taken ? [{ title, tellsShapes, whole: inferShapes(graph), parts, inputs }] : [];
});

/** With all values as outputs, as gradients need them: ONNX Runtime then joins nothing. */
const kept = (graph: Graph) =>
  prune(
    graph,
    graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => graph.values.get(name))),
  );

describe('the parts', () => {
  test.each(APART)('$title', async ({ tellsShapes, whole, parts, inputs }) => {
    const [wanted, received] = [(await runModel(whole, inputs)).y!, (await runModel(kept(parts), inputs)).y!];
    expect(received.shape).toEqual(wanted.shape);
    for (const { values } of tellsShapes ? [whole, parts] : [parts])
      expect(values.get('y')!.shape).toEqual(wanted.shape);
    const distances = wanted.data.map((value, at) => Math.abs(value - received.data[at]!));
    expect(Math.max(...distances)).toBeLessThanOrEqual(1e-6);
  });
});
