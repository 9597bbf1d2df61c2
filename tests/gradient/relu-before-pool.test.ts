import { describe, expect, test } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import type { AttributeValues } from '../../dist/src/onnx/builder.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { type Numbers, noise, runModel, toyGraph } from '../toy-model.ts';

const x = noise([2, 3, 7, 7], 5);

function pooledRelu(attributes: AttributeValues, elsewhere = false): Graph {
  const graph = toyGraph({
    inputs: { x: x.shape },
    outputs: ['y'],
    build(b) {
      const relu = b.op('Relu', [b.op('Mul', ['x', b.constant('float32', 2)])]);
      const pool = b.op('MaxPool', [relu], attributes);
      const total = b.op('ReduceSum', [elsewhere ? relu : pool, b.constant('int64', [2, 3])]);
      return b.op('Mul', [b.op('Mul', [pool, pool]), total]);
    },
  });
  return inferShapes(graph);
}

/** dx as the rules of Relu and MaxPool have it when they know nothing of each other: Relu's value is asked for as well. */
async function gradients(graph: Graph, wrt: readonly string[]): Promise<readonly Numbers[]> {
  const { graph: backward, seed, gradients } = backwardGraph(graph, { output: 'y', wrt });
  const seeds = noise((await runModel(graph, { x })).y!.shape, 6);
  const results = await runModel(backward, { x, [seed]: seeds });
  return wrt.map((value) => results[gradients.get(value)!]!);
}

const relu = (graph: Graph) => graph.nodes[1]!.outputs[0]!;
const masks = (graph: Graph, wrt: readonly string[]) =>
  backwardGraph(graph, { output: 'y', wrt }).graph.nodes.filter(({ op }) => op === 'HardSigmoid');

describe('a Relu that is masked behind its pool has the same gradient', () => {
  test.each<[string, AttributeValues]>([
    ['windows side by side', { kernel_shape: [2, 2], strides: [2, 2] }],
    ['windows that overlap, padded', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
    ['windows over the edge', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }],
    ['windows with holes', { kernel_shape: [2, 2], dilations: [2, 2] }],
  ])('%s', async (_, attributes) => {
    const graph = pooledRelu(attributes);
    const [masked] = await gradients(graph, ['x']);
    const [dx, dRelu] = await gradients(graph, ['x', relu(graph)]);
    expect([...masked!.data].map((value) => value + 0)).toEqual([...dx!.data].map((value) => value + 0));
    expect(dx!.data.some((value) => value !== 0)).toBe(true);
    expect(dx!.data.every((value, at) => (x.data[at]! <= 0 ? value === 0 : value === 2 * dRelu!.data[at]!))).toBe(true);
  });
});

test('one mask is applied, before or behind the pool', () => {
  const graph = pooledRelu({ kernel_shape: [2, 2] });
  const [pool] = graph.nodes[2]!.outputs;
  expect(masks(graph, ['x']).map(({ inputs }) => inputs[0])).toEqual([pool]);
  expect(masks(graph, ['x', relu(graph)]).map(({ inputs }) => inputs[0])).toEqual([relu(graph)]);
  const read = pooledRelu({ kernel_shape: [2, 2] }, true);
  expect(masks(read, ['x']).map(({ inputs }) => inputs[0])).toEqual([relu(read)]);
});
