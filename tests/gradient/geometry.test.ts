/** Any geometry that ONNX Runtime accepts is differentiated: convolutions and pools drawn at random. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeValues } from '../../dist/src/onnx/builder.js';
import { type Numbers, noise, runModel, toyGraph } from '../toy-model.ts';
import { checkGradient } from './check-gradient.ts';
import { spread } from './rule-case.ts';

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
const window = fc.record({
  size: pair(4, 9),
  kernel: pair(1, 4),
  strides: pair(1, 3),
  dilations: pair(1, 2),
  begin: pair(0, 2),
  end: pair(0, 2),
});

/** Pads stay below the kernel, and the window fits at least once. */
const fits = ({ size, kernel, dilations, begin, end }: typeof window extends fc.Arbitrary<infer W> ? W : never) =>
  [0, 1].every((axis) => {
    const extent = (kernel[axis]! - 1) * dilations[axis]! + 1;
    return (
      begin[axis]! < kernel[axis]! && end[axis]! < kernel[axis]! && size[axis]! + begin[axis]! + end[axis]! >= extent
    );
  });

async function expectRight(
  operator: string,
  shape: readonly number[],
  attributes: AttributeValues,
  weights?: readonly number[],
) {
  const { data } = noise(shape, 5);
  const inputs: { readonly [name: string]: Numbers } = weights
    ? { x: { shape, data }, weights: noise(weights, 3) }
    : { x: { shape, data: data.map(spread) } };
  const graph = toyGraph({
    inputs: { x: shape, ...(weights ? { weights } : {}) },
    outputs: ['y'],
    build: (b) => b.op(operator, Object.keys(inputs), attributes),
  });
  const accepted = await runModel(graph, inputs).then(
    () => true,
    () => false,
  );
  fc.pre(accepted);
  const { analytic, numeric, scale } = await checkGradient(graph, inputs);
  expect(Math.abs(analytic - numeric)).toBeLessThanOrEqual(1e-4 * scale);
}

test('convolutions, of the input and of the weights', async () => {
  const groups = fc.record({
    group: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      window.filter(fits),
      groups,
      async ({ size, kernel, strides, dilations, begin, end }, { group, inputs, outputs }) => {
        const attributes = { strides, dilations, group, pads: [...begin, ...end] };
        await expectRight('Conv', [2, group * inputs, ...size], attributes, [group * outputs, inputs, ...kernel]);
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

test.each(['MaxPool', 'AveragePool', 'LpPool'])('%s', async (operator) => {
  const modes = fc.record({ ceil_mode: fc.integer({ min: 0, max: 1 }), padded: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      window.filter(fits),
      modes,
      async ({ size, kernel, strides, dilations, begin, end }, { ceil_mode, padded }) => {
        const counted = operator === 'AveragePool' ? { count_include_pad: Number(padded) } : {};
        await expectRight(operator, [2, 2, ...size], {
          kernel_shape: kernel,
          strides,
          dilations,
          pads: [...begin, ...end],
          ceil_mode,
          ...counted,
        });
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});
