/** The default model in float16 and on bytes [N, H, W, 3] is measured as the float32 file is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadOptions, loadImage, loadModel, type Measured, measure, saliency } from '../../../dist/src/index.js';
import type { Graph } from '../../../dist/src/onnx/graph.js';
import { readGraph } from '../../../dist/src/onnx/read.js';
import { writeModel } from '../../../dist/src/onnx/write.js';
import { inType, onPixels } from '../../element-types.ts';

const IMAGENET = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'types-'));
afterAll(() => rmSync(folder, { recursive: true }));

const metrics = [
  ...['deletion:step=4096,substrate=mean', 'insertion:step=4096', 'infidelity:samples=10,substrate=mean'],
  ...['sensitivity:samples=1', 'randomization:steps=1'],
];
async function figures(name: string, graph: Graph, options: LoadOptions): Promise<{ [metric: string]: Measured }> {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, writeModel(graph));
  await using model = await loadModel(path, { workers: 1, labels: ['cat', 'dog'], ...options });
  const photo = await loadImage(join(root, 'examples/chelsea.png'));
  const [found] = await measure(model, photo, [await saliency(model, photo, { target: 'cat' })], { metrics });
  return found!.metrics;
}

let graph: Graph;
let single: Awaited<ReturnType<typeof figures>>;
beforeAll(async () => {
  graph = await readGraph(join(root, 'models/cat-dog/model.onnx'));
  single = await figures('single', graph, IMAGENET);
});

test.each([
  ['half', () => inType(graph, 'float16'), IMAGENET],
  ['bytes', () => onPixels(graph, 'uint8', IMAGENET), {}],
] as const)('%s', async (name, make, options) => {
  const found = await figures(name, make(), options);
  for (const metric of ['deletion', 'insertion', 'infidelity']) {
    expect(found[metric]!.value, metric).toBeCloseTo(single[metric]!.value!, 1);
    expect(found[metric]!.random, metric).toBeCloseTo(single[metric]!.random!, 1);
  }
  // Bytes change by whole steps.
  expect(found.sensitivity!.value).toBeGreaterThan(0);
  expect(found.sensitivity!.value).toBeLessThan(2);
  expect(found.randomization!.value).toEqual(expect.any(Number));
});
