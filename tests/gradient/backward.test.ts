import { describe, expect, test } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import { unsupportedOperators } from '../../dist/src/gradient/unsupported-operators.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { checkGradient } from './check-gradient.ts';

const cubic = () =>
  inferShapes(
    toyGraph({
      inputs: { x: ['N', 3] },
      outputs: ['y', 'square'],
      build: (b) => {
        const square = b.op('Mul', ['x', 'x']);
        return [b.op('Add', [b.op('Mul', [square, 'x']), square]), square];
      },
    }),
  );
const x = { data: Float32Array.of(1, -2, 0.5), shape: [1, 3] };

describe('the walk', () => {
  test('adds up what reaches a value over several ways: d(x³ + x²) = 3 x² + 2 x', async () => {
    const { graph, seed, gradients } = backwardGraph(cubic(), { output: 'y', wrt: ['x'] });
    const results = await runModel(graph, { x, [seed]: { data: Float32Array.of(1, 1, 2), shape: [1, 3] } });
    expect([...results[gradients.get('x')!]!.data]).toEqual([5, 8, 2 * 1.75]);
  });

  test("gives inner values with their gradients, beside the input's", async () => {
    const { graph, seed, gradients } = backwardGraph(cubic(), { output: 'y', wrt: ['square', 'x'] });
    const results = await runModel(graph, { x, [seed]: { data: Float32Array.of(1, 1, 1), shape: [1, 3] } });
    expect([...results.square!.data]).toEqual([1, 4, 0.25]);
    expect([...results[gradients.get('square')!]!.data]).toEqual([2, -1, 1.5]);
    expect([...results[gradients.get('x')!]!.data]).toEqual([5, 8, 1.75]);
    expect(Object.keys(results).sort()).toEqual(graph.outputs.map(({ name }) => name).sort());
  });

  test('gives the seed back for the output itself', async () => {
    const { graph, seed, gradients } = backwardGraph(cubic(), { output: 'y', wrt: ['y'] });
    const u = noise([1, 3]);
    expect((await runModel(graph, { x, [seed]: u }))[gradients.get('y')!]!.data).toEqual(u.data);
  });

  test('keeps names that look like its own apart', async () => {
    const graph = toyGraph({
      inputs: { 'grad/seed': ['N', 3] },
      outputs: ['grad1/y'],
      build: (b) => b.op('Exp', ['grad/seed']),
    });
    const { analytic, numeric } = await checkGradient(graph, { 'grad/seed': noise([2, 3]) });
    expect(analytic).toBeCloseTo(numeric, 3);
  });

  test.each(['Relu', 'Clip'])(
    'an infinite slope behind a %s does not matter where nothing passes',
    async (operator) => {
      const graph = inferShapes(
        toyGraph({
          inputs: { x: [4] },
          outputs: ['y'],
          build: (b) => b.op('Sqrt', [b.op(operator, operator === 'Clip' ? ['x', b.constant('float32', 0)] : ['x'])]),
        }),
      );
      const { graph: backward, seed, gradients } = backwardGraph(graph, { output: 'y', wrt: ['x'] });
      const numbers = (...data: number[]) => ({ data: Float32Array.from(data), shape: [4] });
      const results = await runModel(backward, { x: numbers(-1, 0, 1, 4), [seed]: numbers(1, 1, 1, 1) });
      expect([...results[gradients.get('x')!]!.data]).toEqual([0, 0, 0.5, 0.25]);
    },
  );

  test('stops at operators that do not feel small changes', async () => {
    const graph = toyGraph({
      inputs: { x: [2, 3] },
      outputs: ['y'],
      build: (b) => b.op('Mul', ['x', b.op('Cast', [b.op('Shape', ['x'], { start: 1 })], { to: 1 })]),
    });
    const { analytic, numeric } = await checkGradient(graph, { x: noise([2, 3]) });
    expect(analytic).toBeCloseTo(numeric, 2);
  });

  test('leaves the weights where they are: none is copied, external ones stay unread', () => {
    const graph = inferShapes(
      toyGraph({
        inputs: { x: ['N', 2, 5, 5] },
        outputs: ['y'],
        build: (b) => b.op('Conv', ['x', b.constant('float32', [...noise([3, 2, 3, 3]).data], [3, 2, 3, 3])]),
      }),
    );
    const external = { location: 'weights.bin', offset: 0, length: 216 };
    const [[name, weights]] = [...graph.constants] as [[string, NonNullable<ReturnType<typeof graph.constants.get>>]];
    const outside = { ...graph, constants: new Map([[name, { ...weights, data: external }]]) };
    const backward = backwardGraph(outside, { output: 'y', wrt: ['x'] }).graph;
    expect(backward.constants.get(name)?.data).toBe(external);
    const others = [...backward.constants.values()].filter(({ data }) => data !== external);
    expect(Math.max(...others.map(({ shape }) => shape.reduce((a, b) => a * b, 1)))).toBeLessThan(8);
  });
});

describe('what cannot be differentiated', () => {
  const strange = () =>
    toyGraph({
      inputs: { x: [2, 3] },
      outputs: ['y'],
      build: (b) => b.op('Det', [b.op('STFT', [b.op('Det', [b.op('Unique', ['x'])]), b.constant('int64', 2)])]),
    });

  test('is named in one error, with the nodes and the methods that still work', () => {
    const names = strange().nodes.map(({ name }) => name);
    expect(unsupportedOperators(strange(), 'y', ['x'])).toEqual([
      { operator: 'Unique', count: 1, nodes: [names[0]] },
      { operator: 'Det', count: 2, nodes: [names[1], names[3]] },
      { operator: 'STFT', count: 1, nodes: [names[2]] },
    ]);
    expect(() => backwardGraph(strange(), { output: 'y', wrt: ['x'] })).toThrowError(
      expect.objectContaining({
        code: 'ERR_OPERATOR',
        message: expect.stringMatching(/1 × Unique .*2 × Det .*1 × STFT .*occlusion, lime/),
      }),
    );
  });

  test('does not matter off the way', () => {
    expect(unsupportedOperators(strange(), 'y', ['nothing'])).toEqual([]);
  });

  test('is a normalization whose scale depends on the picture', () => {
    const graph = inferShapes(
      toyGraph({
        inputs: { x: [1, 2, 4, 4], scale: [2] },
        outputs: ['y'],
        build: (b) => b.op('InstanceNormalization', ['x', 'scale', b.constant('float32', [0, 0])]),
      }),
    );
    expect(() => backwardGraph(graph, { output: 'y', wrt: ['scale'] })).toThrowError(
      expect.objectContaining({ code: 'ERR_OPERATOR', message: expect.stringContaining("'scale'") }),
    );
  });

  test('is a value that the output does not depend on', () => {
    expect(() => backwardGraph(cubic(), { output: 'square', wrt: ['y'] })).toThrowError(
      expect.objectContaining({ code: 'ERR_LAYER' }),
    );
  });
});
