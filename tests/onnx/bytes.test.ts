/** How much memory graphs take, by arithmetic. */
import { expect, test } from 'vitest';
import { rowsWithin } from '../../dist/src/model-memory.js';
import { derivedBytes } from '../../dist/src/onnx/derived-bytes.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { liveBytes } from '../../dist/src/onnx/live-bytes.js';
import { toyGraph } from '../toy-model.ts';

const graph = inferShapes(
  toyGraph({
    inputs: { x: ['N', 2, 8, 8] },
    build(b) {
      const wide = b.op('Conv', ['x', b.constant('float32', new Array<number>(20).fill(1), [10, 2, 1, 1])]);
      const short = b.op('GlobalAveragePool', [wide]);
      const rectified = b.op('Relu', [wide]);
      return b.op('Mul', [b.op('MaxPool', [rectified], { kernel_shape: [8, 8] }), short]);
    },
  }),
);

test('values that are held at once: each from where it is made to where it is last read', () => {
  // The convolution's result, 640 numbers, and that of Relu are held beside the 10 that are read last.
  expect(liveBytes(graph)).toBe(4 * (640 + 10 + 640));
});

test('rows that memory has room for, two at least', () => {
  const row = 3 * liveBytes(graph);
  let asked = 0;
  const within = rowsWithin(5.5 * row, () => {
    asked++;
    return graph;
  });
  expect([within(1), within(2), asked]).toEqual([1, 2, 0]);
  expect([within(4), within(64), asked]).toEqual([4, 5, 1]);
  expect(rowsWithin(1, () => graph)(8)).toBe(2);
});

test('what is made of weights alone, and of what was made of them', () => {
  const derived = toyGraph({
    inputs: { x: ['N', 4] },
    build(b) {
      const weights = b.constant('float32', new Array<number>(24).fill(1), [4, 6]);
      const positive = b.op('Relu', [weights]);
      const doubled = b.op('Add', [positive, positive]);
      return b.op('MatMul', ['x', doubled]);
    },
  });
  expect(derivedBytes(derived)).toBe(4 * (24 + 24));
  expect(derivedBytes(graph)).toBe(0);
});
