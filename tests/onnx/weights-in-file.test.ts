import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { afterAll, describe, expect, test } from 'vitest';
import { loadModel, saliency } from '../../dist/src/index.js';
import type { Constant, Graph } from '../../dist/src/onnx/graph.js';
import { readGraphOnDisk } from '../../dist/src/onnx/weights-in-file.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

const root = mkdtempSync(join(tmpdir(), 'weights-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (...names: string[]) => join(root, ...names);

const SHAPE = [8, 3, 16, 16];
const BYTES = 4 * 8 * 3 * 16 * 16;
const photo = { tensor: noise([3, 16, 16], 4) };

/** One convolution over the whole picture, and a few small constants; behind it a softmax, so that its bytes are rewritten. */
const toy = (seed = 1): Graph =>
  toyGraph({
    inputs: { x: ['N', 3, 16, 16] },
    outputs: ['y'],
    build(b) {
      const weights = b.constant('float32', [...noise(SHAPE, seed).data], SHAPE);
      const bias = b.constant('float32', [...noise([8], 2).data]);
      return b.op('Softmax', [b.op('Flatten', [b.op('Conv', ['x', weights, bias])])]);
    },
  });

const weightsOf = ({ constants }: Graph): readonly [string, Constant] =>
  [...constants].find(([, { shape }]) => String(shape) === String(SHAPE))!;

async function explained(path: string): Promise<Float32Array> {
  await using model = await loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] });
  return (await saliency(model, photo, { target: 3 })).data;
}

const plain = at('plain.onnx');
writeFileSync(plain, writeModel(toy()));
const truth = explained(plain);

/** The toy with its weights in a file of their own, behind some other bytes. */
function withExternal(location: string): { model: Uint8Array; data: Uint8Array } {
  const graph = toy();
  const [name, constant] = weightsOf(graph);
  const reference = { ...constant, data: { location, offset: 64, length: BYTES } };
  return {
    model: writeModel({ ...graph, constants: new Map([...graph.constants, [name, reference]]) }),
    data: Buffer.concat([Buffer.alloc(64), constant.data as Uint8Array]),
  };
}

describe('long constants become references to the file', () => {
  test('to the very bytes; short ones keep their values', async () => {
    const file = writeModel(toy());
    const { graph, weights } = await readGraphOnDisk(plain);
    const [, { data }] = weightsOf(graph);
    expect(data).toEqual({ location: 'plain.onnx', offset: expect.any(Number), length: BYTES });
    const { offset } = data as { readonly offset: number };
    expect(Buffer.from(file.subarray(offset, offset + BYTES))).toEqual(
      Buffer.from(weightsOf(toy())[1].data as Uint8Array),
    );
    expect([...graph.constants.values()].filter((constant) => constant.data instanceof Uint8Array)).toEqual(
      [...toy().constants.values()].filter(({ shape }) => shape.length === 1),
    );
    expect(weights).toMatchObject({ folder: root, large: false, files: [{ path: plain, size: file.length }] });
  });

  test('not where the file lists numbers instead of bytes', async () => {
    const model = fromBinary(ModelProtoSchema, writeModel(toy()));
    model.graph!.initializer = model.graph!.initializer.map(({ name, dims, dataType, rawData }) => {
      const floatData = [...new Float32Array(rawData.slice().buffer)];
      return create(TensorProtoSchema, { name, dims, dataType, floatData });
    });
    writeFileSync(at('numbers.onnx'), toBinary(ModelProtoSchema, model));
    expect(weightsOf((await readGraphOnDisk(at('numbers.onnx'))).graph)[1].data).toBeInstanceOf(Uint8Array);
    expect(await explained(at('numbers.onnx'))).toEqual(await truth);
  });

  test('not in the branches of an If, which stay whole', async () => {
    const inner = { ...toy(), inputs: [] };
    const condition = {
      op: 'ReduceMax',
      domain: '',
      name: '',
      inputs: ['x'],
      outputs: ['m'],
      attributes: { keepdims: { kind: 'int', value: 0 } },
    } as const;
    const cast = {
      op: 'Cast',
      domain: '',
      name: '',
      inputs: ['m'],
      outputs: ['c'],
      attributes: { to: { kind: 'int', value: 9 } },
    } as const;
    const branches = {
      then_branch: { kind: 'graph', value: inner },
      else_branch: { kind: 'graph', value: inner },
    } as const;
    const choice = { op: 'If', domain: '', name: '', inputs: ['c'], outputs: ['z'], attributes: branches };
    const outer: Graph = {
      ...toy(),
      nodes: [condition, cast, choice],
      constants: new Map(),
      outputs: [{ name: 'z', type: 'float32', shape: ['N', 8] }],
    };
    writeFileSync(at('if.onnx'), writeModel(outer));
    const { graph } = await readGraphOnDisk(at('if.onnx'));
    expect(graph.nodes.at(-1)!.attributes).toEqual(outer.nodes.at(-1)!.attributes);
  });
});

describe('the same explanation, however the files lie', () => {
  test('a link to the model', async () => {
    mkdirSync(at('links'));
    symlinkSync(plain, at('links', 'linked.onnx'));
    expect(await explained(at('links', 'linked.onnx'))).toEqual(await truth);
  });

  test('weights beside the model, also in a folder', async () => {
    for (const location of ['w.bin', 'inner/w.bin']) {
      const { model, data } = withExternal(location);
      mkdirSync(at('beside', 'inner'), { recursive: true });
      writeFileSync(at('beside', 'm.onnx'), model);
      writeFileSync(at('beside', location), data);
      expect(await explained(at('beside', 'm.onnx'))).toEqual(await truth);
    }
  });

  test("Hugging Face's cache, where the model and its weights are links", async () => {
    const { model, data } = withExternal('m.onnx_data');
    for (const folder of ['blobs', 'snapshot']) mkdirSync(at(folder));
    writeFileSync(at('blobs', '1'), model);
    writeFileSync(at('blobs', '2'), data);
    symlinkSync(join('..', 'blobs', '1'), at('snapshot', 'm.onnx'));
    symlinkSync(join('..', 'blobs', '2'), at('snapshot', 'm.onnx_data'));
    expect(await explained(at('snapshot', 'm.onnx'))).toEqual(await truth);
  });
});

describe('a file that changed after it was loaded is refused', () => {
  const changes: [string, string, (folder: string) => void, string][] = [
    ['the model', 'm.onnx', (file) => writeFileSync(file, writeModel(toy(5))), 'one that was written to since'],
    ['its weights', 'w.bin', (file) => writeFileSync(file, 'short'), 'one that was written to since'],
    ['a model that is gone', 'm.onnx', (file) => rmSync(file), 'nothing'],
  ];
  test.each(changes)('%s', async (_, changed, change, received) => {
    const folder = mkdtempSync(at('changed-'));
    const { model: bytes, data } = withExternal('w.bin');
    writeFileSync(join(folder, 'm.onnx'), bytes);
    writeFileSync(join(folder, 'w.bin'), data);
    await using model = await loadModel(join(folder, 'm.onnx'), { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] });
    change(join(folder, changed));
    const message = `${join(folder, changed)}: expected the file that was loaded, received ${received}. Load the model again.`;
    await expect(saliency(model, photo, { target: 3 })).rejects.toMatchObject({ code: 'ERR_MODEL', message });
  });
});
