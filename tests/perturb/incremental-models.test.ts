/** Incremental scores of the models that people use: cut wherever that saves a multiplication, and windows of odd sizes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import type { WindowRecipe } from '../../dist/src/core/recipe.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { incrementalScores } from '../../dist/src/model-incremental.js';
import { classifierOf } from '../../dist/src/onnx/classifier.js';
import { fold } from '../../dist/src/onnx/fold.js';
import { boundOf, changesOf } from '../../dist/src/onnx/incremental/changes.js';
import { spreadOf } from '../../dist/src/onnx/incremental/spread.js';
import { logitsGraph } from '../../dist/src/onnx/logits-graph.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { readGraphOnDisk } from '../../dist/src/onnx/weights-in-file.js';
import { LOGITS } from '../../dist/src/onnx/with-logits.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { atOnce } from '../../dist/src/perturb/in-turns.js';
import { windows } from '../../dist/src/perturb/window.js';
import { createPool } from '../../dist/src/workers/pool.js';
import { realModels, whenAbsent } from '../onnx/real-models.ts';
import { noise } from '../toy-model.ts';

const golden = new URL('../golden/families/', import.meta.url);
const families = readdirSync(golden).filter((file) => file.endsWith('.onnx.gz'));
const folder = mkdtempSync(join(tmpdir(), 'incremental-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Arithmetic alone: a model is cut wherever that saves a multiplication. */
const FREE = { result: 0, short: 1, copy: 0, map: 0, run: 0 };

async function parsed(path: string, side: number) {
  const { graph: file, weights } = await readGraphOnDisk(path);
  const graph = fold(upgrade(file));
  const classifier = classifierOf(graph);
  const size = { height: classifier.height ?? side, width: classifier.width ?? side };
  const { input, layout, fixedBatch, channels } = classifier;
  const source = {
    graph: atOnce(logitsGraph(graph, classifier, size)),
    input: input.name,
    layout,
    weights,
    fixedBatch,
  };
  return { source, size, shape: [channels, size.height, size.width] };
}

function someWindows({ height, width }: { height: number; width: number }, count: number): WindowRecipe[] {
  const { integer } = random(5);
  return Array.from({ length: count }, () => {
    const [tall, wide] = [1 + integer(24), 1 + integer(24)];
    const [y, x] = [integer(height), integer(width)];
    return { kind: 'window', y, x, height: Math.min(tall, height - y), width: Math.min(wide, width - x) };
  });
}

/** The largest error against the scores' range, class by class; undefined where nothing of the graph can be cut. */
async function errorOf(path: string, side: number): Promise<number | undefined> {
  const { source, size, shape } = await parsed(path, side);
  const { graph, input, layout, weights } = source;
  const [picture, baseline] = [sharedTensor(shape), sharedTensor(shape)];
  picture.data.set(noise(shape, 3).data.map((value, at) => value + Math.sin(at / 7)));
  const scene = { picture, baseline };
  const targets = [0, 1];
  const reading = { output: LOGITS, score: 'logit', activation: 'softmax', binary: false, targets } as const;
  const boxes = someWindows(size, 14);
  const pool = createPool({ workers: 1, threads: 1, batch: 2, memory: 2 ** 30, queueLimit: 4, name: path });
  try {
    const found = await incrementalScores(
      // biome-ignore lint/correctness/useYield: pieces of one.
      function* () {
        return source;
      },
      pool,
      FREE,
    )(scene, boxes, { reading });
    const fixed = source.fixedBatch ? { fixedBatch: source.fixedBatch } : {};
    const whole = { key: 'whole', model: writeModel(graph, { shared: true }), input, layout, weights, ...fixed };
    const { values } = await pool.scores(whole, scene, boxes, reading);
    if (!found) return undefined;
    const errors = targets.map((_, target) => {
      const of = (all: Float64Array) => boxes.map((_, row) => all[row * targets.length + target]!);
      const [actual, wanted] = [of(found.values), of(values)];
      const range = Math.max(...wanted) - Math.min(...wanted);
      return Math.max(...wanted.map((score, at) => Math.abs(score - actual[at]!))) / (range || 1);
    });
    return Math.max(...errors);
  } finally {
    await pool.close();
  }
}

/** Where each place sees all others before there is anything to save. */
const NOT_CUT = ['efficientnet', 'swin', 'swin-v2', 'vit'];

describe('the families of torchvision', () => {
  test.each(families)('%s', { timeout: 60_000 }, async (file) => {
    const path = join(folder, file.replace('.gz', ''));
    writeFileSync(path, gunzipSync(readFileSync(new URL(file, golden))));
    const error = await errorOf(path, 64);
    if (NOT_CUT.includes(file.replace('.onnx.gz', ''))) expect(error).toBeUndefined();
    else expect(error).toBeLessThan(1e-4);
  });
});

describe(`real models${whenAbsent}`, () => {
  test.each(realModels)('$name', { timeout: 120_000 }, async ({ path }) => {
    expect(await errorOf(path, 224)).toBeLessThan(1e-4);
  });

  // The shares of the multiplications that issue 6 states.
  test.skipIf(realModels.length === 0).each([
    ['squeezenet1_1', 3.6],
    ['mobilenetv2_100_224', 2.2],
  ])('the bound of %s is %f', async (name, bound) => {
    const { source, size } = await parsed(realModels.find((model) => model.name === name)!.path, 224);
    const square = (side: number) => ({ height: side, width: side });
    const spread = spreadOf(source.graph, source.input, source.layout);
    const changes = changesOf(spread, windows(size, square(16), square(8)));
    expect(1 / boundOf(spread, changes)).toBeCloseTo(bound, 0.9);
  });
});
