import { describe, expect, test } from 'vitest';
import { splitConvolutions } from '../../dist/src/gradient/split-convolutions.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';

interface Split {
  readonly axis?: number;
  readonly group?: number;
  readonly bias?: boolean;
  /** Of the parts; undefined where they are only counted. */
  readonly lengths?: (b: Builder) => string | undefined;
}

const weights = (b: Builder, shape: readonly number[], seed: number) =>
  b.constant('float32', [...noise(shape, seed).data], shape);

/** Two convolutions with the same weights, of which one is split. */
function splitGraph({ axis = 1, group = 1, bias = false, lengths }: Split = {}, asked = false): Graph {
  return toyGraph({
    inputs: { x: [2, 4, 5, 5] },
    build(b) {
      const filters = weights(b, [6, 4 / group, 3, 3], 2);
      const inputs = ['x', filters, ...(bias ? [weights(b, [6], 3)] : [])];
      const attributes = { group, strides: [1, 2], pads: [1, 0, 1, 2], dilations: [1, 2] };
      const whole = b.op('Conv', inputs, attributes);
      const length = lengths ? lengths(b) : b.constant('int64', axis === 1 ? [1, 5] : [2, 3]);
      const parts = length
        ? b.ops(2, 'Split', [whole, length], { axis })
        : b.ops(2, 'Split', [whole], { axis, num_outputs: 2 });
      const same = b.op('Conv', inputs, attributes);
      return [...parts, same, ...(asked ? [whole] : [])];
    },
  });
}

const operators = ({ nodes }: Graph) => nodes.map(({ op }) => op);

async function expectSame(graph: Graph, rewritten: Graph): Promise<void> {
  const x = noise([2, 4, 5, 5], 9);
  const [before, after] = [await runModel(graph, { x }), await runModel(rewritten, { x })];
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [name, { data, shape }] of Object.entries(before)) {
    expect(after[name]!.shape).toEqual(shape);
    expect(Math.max(...data.map((value, at) => Math.abs(value - after[name]!.data[at]!)))).toBeLessThan(1e-5);
  }
}

test('each part gets a convolution of its own, that computes the same', async () => {
  const graph = splitGraph();
  const rewritten = splitConvolutions(graph);
  expect(operators(rewritten)).toEqual(['Split', 'Conv', 'Conv', 'Conv']);
  await expectSame(graph, rewritten);
});

describe('a convolution stays whole where', () => {
  test.each<[string, Graph]>([
    ['its own output is asked for', splitGraph({}, true)],
    ['it has a bias', splitGraph({ bias: true })],
    ['it has groups', splitGraph({ group: 2 })],
    ['rows are split instead of channels', splitGraph({ axis: 2 })],
    ['the parts are only counted', splitGraph({ lengths: () => undefined })],
    [
      'the lengths are computed',
      splitGraph({ lengths: (b) => b.op('Add', [b.constant('int64', [1, 2]), b.constant('int64', [0, 3])]) }),
    ],
  ])('%s', async (_, graph) => {
    const rewritten = splitConvolutions(graph);
    expect(operators(rewritten)).toEqual(operators(graph));
    await expectSame(graph, rewritten);
  });

  test('something else reads it', async () => {
    const graph = splitGraph();
    const [whole] = graph.nodes[0]!.outputs;
    const reader = { op: 'Abs', domain: '', name: '', inputs: [whole!], outputs: ['read'], attributes: {} };
    const output = { name: 'read', type: 'float32', shape: undefined } as const;
    const read = { ...graph, nodes: [...graph.nodes, reader], outputs: [...graph.outputs, output] };
    expect(operators(splitConvolutions(read))).toEqual(operators(read));
    await expectSame(read, splitConvolutions(read));
  });
});
