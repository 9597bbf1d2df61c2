import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute, Constant, Graph } from '../../dist/src/onnx/graph.js';
import { parseGraph, readGraph } from '../../dist/src/onnx/read.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';
import { realModels, whenAbsent } from './real-models.ts';

const float32 = fc.float();
const constant: fc.Arbitrary<Constant> = fc
  .tuple(fc.constantFrom('float32', 'int64', 'uint8', 'float16', 'bool', 'int4'), fc.array(fc.nat(3), { maxLength: 3 }))
  .chain(([type, shape]) => {
    const bits = { float32: 32, int64: 64, uint8: 8, float16: 16, bool: 8, int4: 4 }[type]!;
    const length = Math.ceil((shape.reduce((a, b) => a * b, 1) * bits) / 8);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data) => ({ type: type as 'int4', shape, data }));
  });
const external: fc.Arbitrary<Constant> = fc
  .record({
    location: fc.constantFrom('w.bin', 'data/w.bin'),
    offset: fc.nat(),
    length: fc.option(fc.nat(), { nil: undefined }),
  })
  .map((data) => ({ type: 'float32', shape: [2], data }));
const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({ kind: fc.constant('int' as const), value: fc.maxSafeInteger() }),
  fc.record({ kind: fc.constant('float' as const), value: float32 }),
  fc.record({ kind: fc.constant('string' as const), value: fc.string({ unit: 'grapheme' }) }),
  fc.record({ kind: fc.constant('ints' as const), value: fc.array(fc.maxSafeInteger()) }),
  fc.record({ kind: fc.constant('floats' as const), value: fc.array(float32) }),
  fc.record({ kind: fc.constant('strings' as const), value: fc.array(fc.string()) }),
  fc.record({ kind: fc.constant('tensor' as const), value: constant }),
);
const name = fc.stringMatching(/^[a-z]{1,6}$/);

/** A chain of nodes of unknown operators: v0 → v1 → …, each also reading a constant. */
const graph: fc.Arbitrary<Graph> = fc
  .record({
    ops: fc.array(fc.record({ op: name, attributes: fc.dictionary(name, attribute, { maxKeys: 4 }) }), {
      minLength: 1,
      maxLength: 6,
    }),
    constants: fc.array(fc.oneof(constant, external), { maxLength: 4 }),
    batch: fc.constantFrom('N', 1, 7),
    opset: fc.integer({ min: 7, max: 25 }),
  })
  .map(({ ops, constants, batch, opset }) => ({
    irVersion: 8,
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    inputs: [{ name: 'v0', type: 'float32', shape: [batch, 3, 8, 8] }],
    outputs: [{ name: `v${ops.length}`, type: 'float32', shape: undefined }],
    nodes: ops.map(({ op, attributes }, at) => ({
      op,
      domain: 'com.microsoft',
      name: `n${at}`,
      inputs: [`v${at}`, ...(constants.length > 0 ? [`c${at % constants.length}`] : ['', `v0`])],
      outputs: [`v${at + 1}`],
      attributes,
    })),
    constants: new Map(constants.map((value, at) => [`c${at}`, value])),
    values: new Map(),
  }));

describe('writeModel and parseGraph', () => {
  it('give back any graph as it was', () => {
    fc.assert(
      fc.property(graph, (before) => {
        expect(parseGraph(writeModel(before), 'test')).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('keep a subgraph and what it reads from outside', () => {
    const branch = (op: string) => ({
      irVersion: 8,
      opsets: new Map([['', 21]]),
      inputs: [],
      constants: new Map(),
      values: new Map(),
      outputs: [{ name: 'r', type: 'float32' as const, shape: undefined }],
      nodes: [{ op, domain: '', name: op, inputs: ['x'], outputs: ['r'], attributes: {} }],
    });
    const toy = toyGraph({ inputs: { x: [2] }, build: (b) => b.op('If', [b.constant('bool', 1)]) });
    const nodes = [
      {
        ...toy.nodes[0]!,
        attributes: {
          then_branch: { kind: 'graph', value: branch('Neg') },
          else_branch: { kind: 'graph', value: branch('Abs') },
        },
      } as const,
    ];
    const before = { ...toy, nodes };
    expect(parseGraph(writeModel(before), 'test')).toEqual(before);
  });

  it('write into shared memory when asked', () => {
    const toy = toyGraph({ inputs: { x: ['N', 3] }, build: (b) => b.op('Relu', ['x']) });
    const shared = writeModel(toy, { shared: true });
    expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.from(shared).equals(Buffer.from(writeModel(toy)))).toBe(true);
    expect(parseGraph(shared, 'test')).toEqual(toy);
  });
});

describe.skipIf(realModels.length === 0)(`a real model${whenAbsent}`, () => {
  it.each(realModels)('$name gives the same outputs after reading and writing', async ({ path }) => {
    const before = await readGraph(path);
    const [input] = before.inputs;
    const picture = noise([2, ...(input!.shape!.slice(1) as number[])]);
    const name = before.outputs[0]!.name;
    const [wanted, received] = [
      await runModel(path, { [input!.name]: picture }),
      await runModel(before, { [input!.name]: picture }),
    ];
    expect(received[name]!.data).toEqual(wanted[name]!.data);
  });
});
