import { expect, test } from 'vitest';
import { algebra } from '../../dist/src/gradient/algebra.js';
import { runModel, toyGraph } from '../toy-model.ts';

const bounds = [0, 6, -1, 1, 1 / 3, -1e-5, 30000, 3.4028234663852886e38].map(Math.fround);

/** The float32 number after `value`. */
function next(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  if (value === 0) return 2 ** -126;
  bits[0]! += value > 0 ? 1 : -1;
  return new Float32Array(bits.buffer)[0]!;
}

test.each(bounds)('above and below are steps to the last bit at %f', async (bound) => {
  const around = [bound, next(bound), -next(-bound), 0, 1, -1, 2 ** -126, -(2 ** -126), 3e38, -3e38].filter(
    Number.isFinite,
  );
  const graph = toyGraph({
    inputs: { x: [around.length] },
    outputs: ['above', 'below'],
    build(b) {
      const { above, below } = algebra(b);
      return [above('x', bound), below('x', bound)];
    },
  });
  const { above, below } = await runModel(graph, { x: { data: Float32Array.from(around), shape: [around.length] } });
  expect([...above!.data]).toEqual(around.map((x) => Number(x > bound)));
  expect([...below!.data]).toEqual(around.map((x) => Number(x < bound)));
});
