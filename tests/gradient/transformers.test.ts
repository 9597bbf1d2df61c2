/** Grad-CAM and LayerCAM of transformers: which layer is taken, and that its maps are what finite differences say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gradCam } from '../../dist/src/gradient/grad-cam.js';
import { defaultLayer, layersOf } from '../../dist/src/gradient/layer.js';
import { layerCam } from '../../dist/src/gradient/layer-cam.js';
import { loadModel } from '../../dist/src/model.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { prune } from '../../dist/src/onnx/prune.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { type Numbers, noise, runModel } from '../toy-model.ts';
import {
  HEIGHT,
  type TokenOptions,
  type Transformer,
  tokenTransformer,
  WIDTH,
  windowTransformer,
} from './transformer-toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'transformers-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function load(graph: Graph) {
  const path = join(folder, `${count++}.onnx`);
  writeFileSync(path, writeModel({ ...graph, values: new Map() }));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] });
}
const preferred = ({ graph }: Transformer) => defaultLayer(graph, 'x', 'logits', 'nchw');
const explainable = ({ graph }: Transformer) =>
  layersOf(graph, 'x', 'logits', 'nchw')
    .filter((layer) => layer.explainable)
    .map(({ name }) => name);

const ROWS = 2;
const COLUMNS = 3;
const TARGET = 1;
const picture = noise([1, 3, HEIGHT, WIDTH], 4);

/**
 * The layer's value and, by central differences through the rest of the graph, the logit's gradient: all changes in one
 * batch, which stands at the second axis where the batch does.
 */
async function byDifferences(graph: Graph, layer: string): Promise<{ value: Numbers; gradient: Float64Array }> {
  const value = (await runModel(prune(graph, [layer]), { x: picture }))[layer]!;
  const size = value.data.length;
  const step = 1e-2;
  const outer = value.shape[0] === 1 ? 1 : value.shape[0]!;
  const inner = size / outer;
  const changed = Float32Array.from({ length: size * 2 * size }, (_, at) => {
    const copy = Math.floor(at / inner) % (2 * size);
    const place = Math.floor(at / inner / (2 * size)) * inner + (at % inner);
    return value.data[place]! + (Math.floor(copy / 2) === place ? (copy % 2 ? -step : step) : 0);
  });
  const shape = value.shape[0] === 1 ? value.shape.with(0, 2 * size) : value.shape.with(1, 2 * size);
  const pictures = Float32Array.from(
    { length: 2 * size * picture.data.length },
    (_, at) => picture.data[at % picture.data.length]!,
  );
  const after = graph.nodes.findIndex(({ outputs }) => outputs.includes(layer));
  const rest: Graph = {
    ...graph,
    inputs: [
      { name: 'x', type: 'float32', shape: [2 * size, ...picture.shape.slice(1)] },
      { name: layer, type: 'float32', shape },
    ],
    outputs: graph.outputs.map((output) => ({ ...output, shape: [2 * size, 3] })),
    nodes: graph.nodes.toSpliced(after, 1),
    values: new Map(),
  };
  const feeds = { x: { data: pictures, shape: rest.inputs[0]!.shape as number[] }, [layer]: { data: changed, shape } };
  const scores = (await runModel(rest, feeds)).logits!.data;
  const score = (copy: number) => scores[copy * 3 + TARGET]!;
  return {
    value,
    gradient: Float64Array.from({ length: size }, (_, at) => (score(2 * at) - score(2 * at + 1)) / (2 * step)),
  };
}

/** ΣₖA·mean(g) and ΣₖA·max(g, 0), with cell (row, column) of channel k at `place`. */
function maps(value: Numbers, gradient: Float64Array, place: (cell: number, k: number) => number) {
  const [cells, channels] = [ROWS * COLUMNS, 6];
  const grad = new Float64Array(cells);
  const layer = new Float64Array(cells);
  for (let k = 0; k < channels; k++) {
    const places = Array.from({ length: cells }, (_, cell) => place(cell, k));
    const mean = places.reduce((sum, at) => sum + gradient[at]!, 0) / cells;
    for (const [cell, at] of places.entries()) {
      grad[cell]! += value.data[at]! * mean;
      layer[cell]! += value.data[at]! * Math.max(0, gradient[at]!);
    }
  }
  return { grad, layer };
}

async function expectMaps({ graph }: Transformer, layer: string, before: number): Promise<void> {
  await using model = await load(graph);
  const { value, gradient } = await byDifferences(graph, layer);
  const wanted = maps(value, gradient, (cell, k) => (cell + before) * 6 + k);
  const options = { target: TARGET, relu: false };
  for (const [explain, map] of [
    [gradCam, wanted.grad],
    [layerCam, wanted.layer],
  ] as const) {
    const { data, shape, options: used, lattice } = await explain(model, { tensor: picture }, options);
    expect(used.layer).toBe(layer);
    expect(shape).toEqual([ROWS, COLUMNS]);
    expect(lattice).toEqual({ originY: 1.5, originX: 1.5, stepY: 4, stepX: 4 });
    const norm = Math.hypot(...map);
    expect(Math.hypot(...data.map((number, at) => number - map[at]!)) / norm).toBeLessThan(1e-2);
  }
}

describe('where the class token is read, the last norm1 is explained', () => {
  test.each<[string, TokenOptions, number]>([
    ['a fused normalisation', {}, 1],
    ['a normalisation written out', { norm: 'written out' }, 1],
    ['a batch of one', { batch: 1, norm: 'written out' }, 1],
    ['registers behind', { registers: 3 }, 1],
    ['a distillation token', { pool: 'class and distillation' }, 2],
    ['a batch that stands second', { batchSecond: true }, 1],
  ])('with %s', async (_, options, before) => {
    const toy = tokenTransformer(options);
    expect(preferred(toy)).toBe(toy.names['norm1.1']);
    await expectMaps(toy, toy.names['norm1.1']!, before);
  });

  test('as nothing that the patches say later is felt', () => {
    const toy = tokenTransformer();
    const names = explainable(toy);
    for (const part of ['tokens', 'block.0', 'norm1.1']) expect(names).toContain(toy.names[part]);
    for (const part of ['attended.1', 'norm2.1', 'block.1', 'norm']) expect(names).not.toContain(toy.names[part]);
  });

  test('and a later layer is refused in one sentence that names it', async () => {
    const toy = tokenTransformer();
    await using model = await load(toy.graph);
    await expect(gradCam(model, { tensor: picture }, { target: 0, layer: toy.names.norm })).rejects.toMatchObject({
      code: 'ERR_LAYER',
      message: expect.stringMatching(`expected cells that the score depends on, .*'${toy.names['norm1.1']}'`),
    });
  });
});

describe('where all cells are pooled, the last norm2 is explained', () => {
  test.each<[string, Transformer]>([
    ['tokens', tokenTransformer({ pool: 'mean' })],
    ['shifted windows', windowTransformer()],
    ['shifted windows, the normalisation written out', windowTransformer('written out')],
  ])('of %s', async (_, toy) => {
    expect(preferred(toy)).toBe(toy.names['norm2.1']);
    await expectMaps(toy, toy.names['norm2.1']!, 0);
  });
});

test('where blocks have no normalisation, the last block is explained', async () => {
  const toy = tokenTransformer({ pool: 'mean', norm: 'none' });
  expect(preferred(toy)).toBe(toy.names['block.1']);
  await expectMaps(toy, toy.names['block.1']!, 0);
});

test('a value without cells is refused with what a layer must be', async () => {
  const { graph } = tokenTransformer();
  await using model = await load(graph);
  const scores = graph.nodes.find(({ op }) => op === 'Softmax')!.outputs[0]!;
  await expect(gradCam(model, { tensor: picture }, { target: 0, layer: scores })).rejects.toMatchObject({
    code: 'ERR_LAYER',
    message: expect.stringMatching(/expected feature maps .*or tokens \[N, T, C\]/),
  });
});
