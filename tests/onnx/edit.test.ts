/** Cutting a graph down, adding to it, and the algebra of lengths. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBuilder } from '../../dist/src/onnx/builder.js';
import { divide, multiply } from '../../dist/src/onnx/dimension.js';
import { extend } from '../../dist/src/onnx/extend.js';
import type { Dimension, Graph } from '../../dist/src/onnx/graph.js';
import { prune } from '../../dist/src/onnx/prune.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';

const toy = toyGraph({
  inputs: { x: ['N', 3], y: ['N', 3] },
  outputs: ['sum', 'product'],
  build: (b) => [
    b.op('Add', [b.op('Relu', ['x']), b.constant('float32', 2)]),
    b.op('Mul', ['y', b.constant('float32', 3)]),
  ],
});

describe('prune', () => {
  it('keeps what the outputs need, and all inputs', () => {
    const pruned = prune(toy, ['product']);
    expect(pruned.nodes.map(({ op }) => op)).toEqual(['Mul']);
    expect([...pruned.constants.values()]).toHaveLength(1);
    expect(pruned.inputs).toEqual(toy.inputs);
    expect(pruned.outputs).toEqual([toy.outputs[1]]);
  });

  it('makes an output of a value in between', async () => {
    const x = noise([2, 3]);
    const { t0_Relu: relu } = await runModel(prune(toy, ['t0_Relu']), { x, y: noise([2, 3], 2) });
    expect(relu!.data).toEqual(x.data.map((value) => Math.max(0, value)));
  });

  it('keeps what only a subgraph reads', () => {
    const branch: Graph = {
      ...toy,
      inputs: [],
      constants: new Map(),
      outputs: [{ name: 'r', type: 'float32', shape: undefined }],
      nodes: [{ op: 'Neg', domain: '', name: '', inputs: ['t0_Relu'], outputs: ['r'], attributes: {} }],
    };
    const attributes = {
      then_branch: { kind: 'graph', value: branch },
      else_branch: { kind: 'graph', value: branch },
    } as const;
    const choice = { op: 'If', domain: '', name: '', inputs: ['x'], outputs: ['chosen'], attributes };
    expect(prune({ ...toy, nodes: [...toy.nodes, choice] }, ['chosen']).nodes.map(({ op }) => op)).toEqual([
      'Relu',
      'If',
    ]);
  });

  it('refuses an output that is not there', () => {
    expect(() => prune(toy, ['z'])).toThrow("outputs: expected names of values in the graph, received 'z'.");
  });
});

describe('extend', () => {
  it('adds nodes, inputs and outputs that run', async () => {
    const b = createBuilder('more/');
    const scaled = b.op('Gelu', [b.op('Mul', ['sum', 'factor'])], {}, 'com.microsoft');
    const extended = extend(toy, b, {
      inputs: [{ name: 'factor', type: 'float32', shape: [] }],
      outputs: [{ name: scaled, type: 'float32', shape: ['N', 3] }],
    });
    expect(extended.opsets).toEqual(
      new Map([
        ['', 21],
        ['com.microsoft', 1],
      ]),
    );
    const zero = { data: new Float32Array(3), shape: [1, 3] };
    const results = await runModel(extended, { x: zero, y: zero, factor: { data: new Float32Array([50]), shape: [] } });
    expect(Array.from(results[scaled]!.data)).toEqual([100, 100, 100]);
  });
});

describe('lengths that are only names', () => {
  const length: fc.Arbitrary<Dimension> = fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.constantFrom('N', 'H', 'batch_size'),
  );

  it('cancel: a · b / b = a', () => {
    fc.assert(
      fc.property(fc.array(length, { maxLength: 4 }), fc.array(length, { maxLength: 4 }), (a, b) => {
        expect(divide([multiply([...a, ...b])], b)).toEqual(multiply(a));
      }),
    );
  });

  it('do not divide what they are not part of', () => {
    expect(divide(['N', 6], ['M'])).toBeUndefined();
    expect(divide(['N', 6], [4])).toBeUndefined();
    expect(multiply(['N', 64])).toBe('64*N');
  });
});
