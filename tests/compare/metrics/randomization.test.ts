/** Cascading randomisation, against the same methods on files with the same weights in another order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pearson, ranks } from '../../../dist/src/compare/similarity.js';
import { withGraph } from '../../../dist/src/gradient/with-graph.js';
import {
  type Attribution,
  loadModel,
  type Model,
  measure,
  occlusion,
  saliency,
  spatialMap,
} from '../../../dist/src/index.js';
import type { Graph } from '../../../dist/src/onnx/graph.js';
import { shuffledWeights, weightLayers } from '../../../dist/src/onnx/weight-layers.js';
import { writeModel } from '../../../dist/src/onnx/write.js';
import { sessionFor } from '../../../dist/src/workers/session.js';
import type { GraphSource } from '../../../dist/src/workers/task.js';
import { noise, toyGraph } from '../../toy-model.ts';
import { linear, image as smallImage } from './toys.ts';

const SIDE = 12;
const image = { tensor: noise([1, 3, SIDE, SIDE], 3) };
const folder = mkdtempSync(join(tmpdir(), 'randomise-'));
/** A convolution whose weights are so many that they stay in the file, a normalisation, a linear layer. */
const network = (kernel: readonly number[], normal: readonly number[], linearLayer = normal) =>
  toyGraph({
    inputs: { picture: ['N', 3, SIDE, SIDE] },
    outputs: ['logits'],
    outputShapes: [['N', 3]],
    build(b) {
      const filters = b.constant('float32', kernel, [100, 3, 3, 3]);
      const features = b.op('Conv', ['picture', filters], { kernel_shape: [3, 3] });
      const scale = b.constant('float32', normal.slice(0, 100));
      const shift = b.constant('float32', normal.slice(100, 200));
      const positive = b.constant('float32', normal.slice(0, 100).map(Math.abs));
      const normalised = b.op('BatchNormalization', [features, scale, shift, shift, positive]);
      const means = b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', [normalised])])]);
      return b.op('Gemm', [means, b.constant('float32', linearLayer, [100, 3])]);
    },
  });
const drawn = network([...noise([2700], 1).data], [...noise([300], 2).data]);

async function load(name: string, graph = drawn): Promise<Model> {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, writeModel(graph));
  return loadModel(path, { workers: 2, labels: ['ant', 'bee', 'cow'] });
}
let model: Model;
beforeAll(async () => {
  model = await load('drawn');
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

test('layers: each operator with weights, and the normalisation that follows it', () => {
  const layers = weightLayers(drawn);
  expect(layers.map(({ constants }) => constants.length)).toEqual([4, 1]);
});

test('weights are shuffled, each constant among its own values, and the same for one seed', async () => {
  const layers = weightLayers(model.graph);
  const names = layers.flatMap(({ constants }) => constants);
  const [once, again, other] = await Promise.all(
    [5, 5, 6].map((seed) => shuffledWeights(model.graph, names, seed, model.weights)),
  );
  expect(once!.constants).toEqual(again!.constants);
  expect(once!.constants).not.toEqual(other!.constants);
  const largest = names.find((name) => model.graph.constants.get(name)!.shape.length === 4)!;
  expect(model.graph.constants.get(largest)!.data, 'left in the file').toHaveProperty('location');
  const bytes = once!.constants.get(largest)!.data as Uint8Array;
  const values = new Float32Array(bytes.slice().buffer);
  expect(values).not.toEqual(noise([2700], 1).data);
  expect(values.toSorted()).toEqual(noise([2700], 1).data.toSorted());
});

test('the correlations are those of files with these weights', async () => {
  const attributions = [
    ...(await saliency(model, image, { targets: [0, 2] })),
    ...(await occlusion(model, image, { targets: [1], window: 4, score: 'probability' })),
  ];
  const found = await measure(model, image, attributions, { metrics: ['randomization'], seed: 5 });
  const layers = weightLayers(model.graph).toReversed();
  const spearman = (a: Attribution, b: Attribution) => pearson(ranks(spatialMap(a).data), ranks(spatialMap(b).data));
  for (const step of [1, 2]) {
    const names = layers.slice(0, step).flatMap(({ constants }) => constants);
    await using other = await load(`step-${step}`, await shuffledWeights(differentiated(), names, 5, model.weights));
    const again = [
      ...(await saliency(other, image, { targets: [0, 2] })),
      ...(await occlusion(other, image, { targets: [1], window: 4, score: 'probability' })),
    ];
    found.forEach(({ metrics }, at) => {
      const { curves, points } = metrics!.randomization!;
      expect(curves!.spearman!.share).toEqual([1 / 2, 1]);
      expect(curves!.spearman!.score[step - 1]).toBeCloseTo(spearman(attributions[at]!, again[at]!), 3);
      expect(points![step - 1]).toContain(layers[step - 1]!.name);
    });
  }
  for (const { metrics } of found) {
    const { value, curves, random } = metrics!.randomization!;
    expect(value).toBeCloseTo((curves!.spearman!.score[0]! + curves!.spearman!.score[1]!) / 2, 12);
    expect(curves!.ssim!.score).toHaveLength(2);
    expect(Math.abs(random!)).toBeLessThan(0.5);
  }
});

/** The graph that the model differentiates, by whose numbers constants are shuffled, with an output of the user's name. */
function differentiated(): Graph {
  const { nodes, outputs, ...rest } = model.graph;
  const renamed = (name: string) => (name === model.output ? 'scores' : name);
  return {
    ...rest,
    nodes: nodes.map((node) => ({
      ...node,
      name: '',
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    outputs: outputs.map((output) => ({ ...output, name: renamed(output.name) })),
  };
}

test('nothing that the model does with its own weights is left in the one with others', () => {
  const aided = Object.assign(Object.create(model) as Model, { predictIncrementally: async () => undefined });
  expect(withGraph(aided, model.graph, 'other').predictIncrementally).toBeUndefined();
});

test('a map that does not change is flagged', async () => {
  // Shuffling weights that are all the same changes nothing.
  await using equal = await load('equal', network(new Array(2700).fill(0.5), new Array(300).fill(0.5)));
  const map = await occlusion(equal, image, { target: 0, window: 4 });
  const [found] = await measure(equal, image, [map], { metrics: ['randomization'] });
  expect(found!.metrics!.randomization!.value).toBeCloseTo(1, 12);
  expect(found!.warnings).toEqual([
    expect.stringMatching(/^occlusion of ant: the map depends little on what the network has learnt: .* 1\.00\.$/),
  ]);
});

test('a network that gives the same map everywhere with other weights has no value but a reason', async () => {
  // Of the last layer one weight is not 0; where it comes to stand with another class, the first has nothing left.
  const single = Array.from({ length: 300 }, (_, at) => Number(at === 297));
  await using lonely = await load('lonely', network([...noise([2700], 1).data], [...noise([300], 2).data], single));
  const map = await saliency(lonely, image, { target: 0 });
  const names = weightLayers(lonely.graph).at(-1)!.constants;
  const { constants } = await shuffledWeights(lonely.graph, names, 0, lonely.weights);
  const values = new Float32Array((constants.get(names[0]!)!.data as Uint8Array).slice().buffer);
  expect(values.indexOf(1) % 3).not.toBe(0);
  const [found] = await measure(lonely, image, [map], { metrics: ['randomization'] });
  expect(found!.metrics!.randomization).toMatchObject({ value: null, reason: expect.stringContaining('no map') });
});

test('maps made elsewhere, and functions, have no value but a reason', async () => {
  const foreign = { ...(await saliency(model, image, { target: 0 })), method: 'captum' };
  const [found] = await measure(model, image, [foreign], { metrics: ['randomization', 'sensitivity:samples=1'] });
  for (const metric of ['randomization', 'sensitivity']) {
    expect(found!.metrics![metric]).toMatchObject({ value: null, reason: expect.stringContaining('made elsewhere') });
  }
  const [map] = await occlusion(linear, smallImage, { targets: [0], window: 4 });
  const [ofFunction] = await measure(linear, smallImage, [map!], { metrics: ['randomization'] });
  expect(ofFunction!.metrics!.randomization).toMatchObject({
    value: null,
    reason: expect.stringContaining('a function'),
  });
});

test('sessions of a series are let go when another comes', async () => {
  const source = (series: string): GraphSource => ({
    key: `${series}/forward`,
    series,
    model: writeModel(drawn),
    input: 'picture',
    layout: 'nchw',
  });
  const first = await sessionFor(source('one'), { threads: 1 });
  expect(await sessionFor(source('one'), { threads: 1 })).toBe(first);
  await sessionFor(source('two'), { threads: 1 });
  expect(await sessionFor(source('one'), { threads: 1 })).not.toBe(first);
});
