import { mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExplainError } from '../../dist/src/core/errors.js';
import { classifierOf } from '../../dist/src/onnx/classifier.js';
import { fold } from '../../dist/src/onnx/fold.js';
import type { Constant, Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { placementsOf } from '../../dist/src/onnx/placements.js';
import { parseGraph, readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, runModel, toyGraph } from '../toy-model.ts';

const toy = toyGraph({
  inputs: { x: ['N', 3, 8, 8] },
  outputs: ['y'],
  opset: 12,
  build: (b) => {
    const weights = b.constant('float32', Array.from(noise([4, 3, 3, 3]).data), [4, 3, 3, 3]);
    const features = b.op('MaxPool', [b.op('Conv', ['x', weights], { strides: [2, 2] })], { kernel_shape: [2, 2] });
    const pooled = b.op('ReduceMean', [features], { axes: [2, 3], keepdims: 0 });
    return b.op('Softmax', [b.op('Reshape', [pooled, b.constant('int64', [-1, 4])])]);
  },
});

/** One scaled addition whose weights lie in another file. */
const withExternal = (data: Constant['data']): Graph => {
  const graph = toyGraph({
    inputs: { x: [2] },
    outputs: ['y'],
    build: (b) => b.op('Add', ['x', b.constant('float32', [1, 2])]),
  });
  return {
    ...graph,
    constants: new Map([...graph.constants.keys()].map((name) => [name, { type: 'float32', shape: [2], data }])),
  };
};

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onnx-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function refusal(path: string): Promise<string> {
  const error = await readGraph(path).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExplainError);
  expect(error).toHaveProperty('code', 'ERR_MODEL');
  return (error as ExplainError).message.replaceAll(folder, '').replaceAll('\\', '/');
}

describe('readGraph refuses in one sentence', () => {
  it.each([
    ['an empty file', new Uint8Array(0), '/m.onnx: expected an ONNX file, received an empty file.'],
    ['text', 'hello, world\n', '/m.onnx: expected an ONNX model, received a file that is truncated or no ONNX file.'],
    [
      'zeros',
      new Uint8Array(64),
      '/m.onnx: expected an ONNX model, received a file that is truncated or no ONNX file.',
    ],
    [
      'a truncated file',
      writeModel(toy).subarray(0, 500),
      '/m.onnx: expected an ONNX model, received a file that is truncated or no ONNX file.',
    ],
    [
      'a graph without nodes',
      writeModel({ ...toy, nodes: [] }),
      '/m.onnx: expected an ONNX model, received a file without a graph of nodes.',
    ],
  ])('%s', async (_, bytes, message) => {
    await writeFile(at('m.onnx'), bytes);
    expect(await refusal(at('m.onnx'))).toBe(message);
  });

  it('a missing file and a folder', async () => {
    expect(await refusal(at('none.onnx'))).toBe('/none.onnx: expected an ONNX file, received a path where nothing is.');
    expect(await refusal(folder)).toBe(': expected an ONNX file, received a folder.');
  });

  it('a file above 2 GiB', async () => {
    const file = await open(at('large.onnx'), 'w');
    await file.truncate(2 ** 31 + 2 ** 30);
    await file.close();
    expect(await refusal(at('large.onnx'))).toBe(
      '/large.onnx: expected an ONNX file, received a file of 3.0 GiB, above the 2 GiB that the format allows. Save its weights as external data.',
    );
  });

  it.each<[string, Partial<Graph>, string]>([
    [
      'a cycle',
      { nodes: [{ ...toy.nodes[0]!, inputs: ['y'] }, ...toy.nodes.slice(1)] },
      "expected nodes without a cycle, received one through Conv 't0_Conv'.",
    ],
    [
      'a missing value',
      { nodes: [{ ...toy.nodes[0]!, inputs: ['z'] }, ...toy.nodes.slice(1)] },
      "expected every value that is read to be given, received 'z', read by Conv 't0_Conv' only.",
    ],
    [
      'a value given twice',
      { nodes: [...toy.nodes, toy.nodes[0]!] },
      "expected each value to be given once, received 't0_Conv' again from Conv 't0_Conv'.",
    ],
    [
      'a missing output',
      { outputs: [{ name: 'z', type: 'float32', shape: [1] }] },
      "expected every output to be computed, received 'z', which no node gives.",
    ],
    [
      'too few weights',
      {
        constants: new Map([...toy.constants, ['tc0', { type: 'float32', shape: [2 ** 40], data: new Uint8Array(4) }]]),
      },
      "tensor 'tc0' in m: expected values for float32[1099511627776], received more or fewer.",
    ],
  ])('%s', (_, change, message) => {
    expect(() => parseGraph(writeModel({ ...toy, ...change }), 'm')).toThrow(message);
  });

  it('subgraphs in subgraphs without end', () => {
    const nested = (depth: number): Graph => ({
      ...toy,
      constants: new Map(),
      nodes: [
        {
          op: 'If',
          domain: '',
          name: '',
          inputs: [],
          outputs: ['y'],
          attributes: depth ? { then_branch: { kind: 'graph', value: nested(depth - 1) } } : {},
        },
      ],
    });
    expect(() => parseGraph(writeModel(nested(40)), 'm')).toThrow(ExplainError);
  });
});

describe('external data', () => {
  it('stays a reference that ONNX Runtime follows', async () => {
    await writeFile(at('w.bin'), new Uint8Array(new Float32Array([9, 10, 20]).buffer));
    await writeFile(at('external.onnx'), writeModel(withExternal({ location: 'w.bin', offset: 4, length: 8 })));
    const graph = await readGraph(at('external.onnx'));
    expect([...graph.constants.values()]).toEqual([
      { type: 'float32', shape: [2], data: { location: 'w.bin', offset: 4, length: 8 } },
    ]);
    const { y } = await runModel(at('external.onnx'), { x: { data: new Float32Array([1, 2]), shape: [2] } });
    expect(Array.from(y!.data)).toEqual([11, 22]);
  });

  it('may lie beyond 2 GiB', async () => {
    const place = 2 ** 31 + 2 ** 20;
    const file = await open(at('huge.bin'), 'w');
    await file.write(new Uint8Array(new Float32Array([30, 40]).buffer), 0, 8, place);
    await file.close();
    await writeFile(at('huge.onnx'), writeModel(withExternal({ location: 'huge.bin', offset: place, length: 8 })));
    await writeFile(at('copy.onnx'), writeModel(upgrade(await readGraph(at('huge.onnx')))));
    const { y } = await runModel(at('copy.onnx'), { x: { data: new Float32Array([1, 2]), shape: [2] } });
    expect(Array.from(y!.data)).toEqual([31, 42]);
  });

  it.each(['../w.bin', 'a/../../w.bin', '/etc/passwd', 'C:\\w.bin', '\\\\server\\w.bin', '..\\w.bin', ''])(
    'may not lie at %j',
    (location) => {
      const bytes = writeModel(withExternal({ location, offset: 0, length: 8 }));
      expect(() => parseGraph(bytes, 'm')).toThrow(
        `expected a path inside the model's folder, received '${location}'.`,
      );
    },
  );

  it('may not leave the folder by a link', async () => {
    await mkdir(at('inner'));
    await writeFile(at('secret.bin'), new Uint8Array(8));
    await symlink(at('secret.bin'), at('inner/link.bin'));
    await writeFile(at('inner/m.onnx'), writeModel(withExternal({ location: 'link.bin', offset: 0, length: 8 })));
    expect(await refusal(at('inner/m.onnx'))).toBe(
      "external data 'link.bin' of /inner/m.onnx: expected a file inside the model's folder, received a link that leaves it.",
    );
  });

  it('may be linked to where the model itself is linked to, as in a cache', async () => {
    await mkdir(at('blobs'));
    await mkdir(at('snapshot'));
    await writeFile(at('blobs/1'), writeModel(withExternal({ location: 'w.bin', offset: 0, length: 8 })));
    await writeFile(at('blobs/2'), new Uint8Array(8));
    await symlink(at('blobs/1'), at('snapshot/m.onnx'));
    await symlink(at('blobs/2'), at('snapshot/w.bin'));
    expect((await readGraph(at('snapshot/m.onnx'))).nodes).toHaveLength(1);
  });

  it('must be there, and whole', async () => {
    await writeFile(at('m.onnx'), writeModel(withExternal({ location: 'none.bin', offset: 0, length: 8 })));
    expect(await refusal(at('m.onnx'))).toBe(
      "external data 'none.bin' of /m.onnx: expected a file in the model's folder, received nothing. Put the file beside the model.",
    );
    await writeFile(at('short.bin'), new Uint8Array(7));
    await writeFile(at('m.onnx'), writeModel(withExternal({ location: 'short.bin', offset: 0, length: 8 })));
    expect(await refusal(at('m.onnx'))).toBe(
      "external data 'short.bin' of /m.onnx: expected at least 8 bytes, received 7. Download the file again.",
    );
  });
});

describe('a file that cannot be trusted', () => {
  it('gives a graph or an ExplainError, whatever its bytes', () => {
    const bytes = writeModel(toy);
    const mutation = fc.oneof(
      fc.record({ at: fc.nat(bytes.length - 1), take: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) }),
      fc.record({ at: fc.nat(300), take: fc.constant(1), put: fc.uint8Array({ minLength: 1, maxLength: 1 }) }),
    );
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = mutations.reduce(
          (all, { at: place, take, put }) => [...all.slice(0, place), ...put, ...all.slice(place + take)],
          Array.from(bytes),
        );
        try {
          const graph = fold(upgrade(parseGraph(Uint8Array.from(mutated), 'm')));
          placementsOf(inferShapes(graph), 'x', 'nchw');
          classifierOf(graph);
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(ExplainError);
          outcomes.refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(50);
  });

  it('gives an ExplainError for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseGraph(bytes, 'm')).toThrow(ExplainError);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseGraph', () => {
  it('sorts nodes that come in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...toy.nodes], { minLength: toy.nodes.length }), (nodes) => {
        expect(parseGraph(writeModel({ ...toy, nodes }), 'm').nodes).toEqual(toy.nodes);
      }),
    );
  });

  it('makes constants of Constant nodes, and inputs that name constants no inputs', async () => {
    const graph = toyGraph({
      inputs: { x: [2], named: [2] },
      outputs: ['y'],
      build: (b) => b.op('Add', ['x', b.op('Mul', ['named', b.op('Constant', [], { value_ints: [3, 4] })])]),
    });
    const constants = new Map([['named', { type: 'float32', shape: [2], data: new Uint8Array(8) }]] as const);
    const read = parseGraph(writeModel({ ...graph, constants }), 'm');
    expect(read.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(read.nodes.map(({ op }) => op)).toEqual(['Mul', 'Add']);
    expect(read.constants.get('t0_Constant')).toEqual({
      type: 'int64',
      shape: [2],
      data: new Uint8Array(new BigInt64Array([3n, 4n]).buffer),
    });
  });

  it('reads bytes that stay where they are', async () => {
    await writeFile(at('toy.onnx'), writeModel(toy));
    const bytes = new Uint8Array(await readFile(at('toy.onnx')));
    expect(parseGraph(bytes, 'm').constants.get('tc0')).toEqual(toy.constants.get('tc0'));
    const { data } = parseGraph(bytes, 'm').constants.get('tc0')!;
    expect(data instanceof Uint8Array && data.buffer === bytes.buffer).toBe(true);
  });
});
