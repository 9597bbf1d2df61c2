/** Maps without gradients on small instances of torchvision's families: what the whole model says where a channel is struck out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS } from '../../dist/src/compare/methods.js';
import { layerActivations } from '../../dist/src/gradient/cam/layer-activations.js';
import { type CamLayer, camLayers } from '../../dist/src/gradient/cam/layers.js';
import { graphSource } from '../../dist/src/gradient/graph-source.js';
import { ablationCam, loadModel, type Model } from '../../dist/src/index.js';
import { createBuilder } from '../../dist/src/onnx/builder.js';
import { cut } from '../../dist/src/onnx/cut.js';
import type { Graph, Node } from '../../dist/src/onnx/graph.js';
import { relativeError } from '../distance.ts';
import { noise } from '../toy-model.ts';

const golden = new URL('../golden/families/', import.meta.url);
const FAMILIES = ['resnet-bottleneck', 'densenet', 'squeezenet', 'mobilenet-v3', 'vit', 'swin', 'swin-v2', 'maxvit'];
const layersOfFamily: { readonly [name: string]: { readonly layers: readonly { readonly layer: string }[] } } =
  JSON.parse(readFileSync(new URL('golden.json', golden), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'cam-families-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The graph in which one channel of a layer is multiplied by 0. */
function without(graph: Graph, { layer, cells }: CamLayer, channel: number): Graph {
  const b = createBuilder('struck/');
  const axis = cells.channels < cells.batch ? cells.channels : cells.channels + 1;
  const shape = graph.values.get(layer)!.shape!;
  const length = Number(shape[axis]);
  const ones = Array.from({ length }, (_, at) => (at === channel ? 0 : 1));
  const struck = b.op('Mul', [
    layer,
    b.constant(
      'float32',
      ones,
      shape.map((_, at) => (at === axis ? length : 1)),
    ),
  ]);
  const maker = graph.nodes.findIndex(({ outputs }) => outputs.includes(layer));
  const reading = (node: Node) => ({ ...node, inputs: node.inputs.map((name) => (name === layer ? struck : name)) });
  return {
    ...graph,
    nodes: [...graph.nodes.slice(0, maker + 1), ...b.nodes, ...graph.nodes.slice(maker + 1).map(reading)],
    constants: new Map([...graph.constants, ...b.constants]),
  };
}

describe.each(FAMILIES)('%s', (name) => {
  const image = { tensor: noise([1, 3, 64, 64], 6) };
  let target: number;
  let model: Model;
  beforeAll(async () => {
    const path = join(folder, `${name}.onnx`);
    writeFileSync(path, gunzipSync(readFileSync(new URL(`${name}.onnx.gz`, golden))));
    model = await loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1] });
    target = (await model.classify(image))[0]!.index;
  });
  afterAll(() => model?.close());

  async function scoreOf(graph: Graph, key: string): Promise<number> {
    const { picture } = await model.prepare(image);
    const row = { recipe: { kind: 'original' }, target: 0, weight: 1, group: 0 } as const;
    const source = graphSource(model, graph, key);
    const { values } = await model.sums(source, { picture, baseline: picture }, [row], { outputs: [model.output] });
    return values[0]![0]![target]!;
  }

  test.each(layersOfFamily[name]!.layers)('Ablation-CAM of $layer is what the whole model says', async ({ layer }) => {
    const [at] = camLayers(model, layer);
    const { picture } = await model.prepare(image);
    const [held] = await layerActivations(model, picture, [at!], {});
    const plane = held!.height * held!.width;
    const channels = held!.activations.length / plane;
    const chosen = [0, Math.floor(channels / 2), channels - 1];
    const { data, warnings = [] } = await ablationCam(model, image, { target, layer, relu: false, filters: chosen });
    const whole = await scoreOf(model.graph, 'whole');
    expect(warnings.length).toBe(whole < 0 ? 1 : 0);
    const wanted: number[] = [];
    for (const channel of chosen) {
      const score = await scoreOf(without(model.graph, at!, channel), `${layer} without ${channel}`);
      const activations = held!.activations.subarray(channel * plane, (channel + 1) * plane);
      wanted.push(...activations.map((value) => ((whole - score) / whole) * value));
    }
    expect(wanted.some((value) => value !== 0)).toBe(true);
    expect(relativeError(data, wanted)).toBeLessThan(1e-3);
  });

  test('what lies behind the cut is less than the whole', () => {
    const layer = camLayers(model, undefined)[0]!.layer;
    const { head, tail, crossing } = cut(model.graph, layer);
    expect(crossing).toContain(layer);
    expect(tail.inputs.map((input) => input.name)).toEqual(crossing);
    const computed = (graph: Graph) => new Set(graph.nodes.flatMap(({ outputs }) => outputs));
    expect(computed(tail).size).toBeLessThan(computed(model.graph).size);
    expect([...computed(tail)].some((value) => computed(head).has(value))).toBe(false);
  });

  test.each(METHODS.filter((method) => method.family === 'cam' && method.name !== 'cam'))(
    '$name finds a map without being told a layer',
    async ({ explain }) => {
      const options = { targets: [target], relu: false, noiseSamples: 1, steps: 1 };
      const found = await explain(model, image, options);
      for (const { data, shape } of found) {
        expect(shape.every((length) => length > 1)).toBe(true);
        expect(data.some((value) => value !== 0)).toBe(true);
        expect(data.every(Number.isFinite)).toBe(true);
      }
    },
  );
});
