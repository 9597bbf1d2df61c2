/** The input gradient g of pretrained classifiers: a small step along g changes the score by the step times ‖g‖². */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { backwardGraph } from '../../dist/src/gradient/backward.js';
import { classifierOf } from '../../dist/src/onnx/classifier.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { readGraph } from '../../dist/src/onnx/read.js';
import { upgrade } from '../../dist/src/onnx/upgrade.js';
import { LOGITS, withLogits } from '../../dist/src/onnx/with-logits.js';
import { noise, runModel } from '../toy-model.ts';

const models = new URL('../../../shared/data/models/', import.meta.url);
const missing = !existsSync(models);
const NAMES = [
  'squeezenet1_1',
  'squeezenet1_0',
  'mobilenetv2_100_224',
  'mobilenetv1_025_128',
  'vww_96',
  'resnet8_cifar10',
];
const BATCH = 2;
const TARGET = 1;
/** Kinks disturb larger steps in proportion, rounding the smaller ones: at best 1 % is left of either, so the middle step counts. */
const STEPS = [1e-3, 3e-4, 1e-4];

describe.skipIf(missing)(`real models${missing ? ' (skipped: ../shared is missing)' : ''}`, () => {
  test.each(NAMES)('%s', async (name) => {
    const path = fileURLToPath(new URL(`${name}/model.onnx`, models));
    const file = upgrade(await readGraph(path));
    const { input, height, width, output } = classifierOf(file);
    const shape = [BATCH, 3, height!, width!];
    const graph = inferShapes(withLogits(file, classifierOf(file)), { [input.name]: ['N', ...shape.slice(1)] });
    const backward = backwardGraph(graph, { output: LOGITS, wrt: [input.name] });
    const x = noise(shape, 5).data.map((value) => 2 * value);

    const logits = await runModel(path, { [input.name]: { data: x, shape } });
    const classes = logits[output]!.shape[1]!;
    const seed = { data: new Float32Array(BATCH * classes), shape: [BATCH, classes] };
    for (let row = 0; row < BATCH; row++) seed.data[row * classes + TARGET] = 1;
    const results = await runModel(backward.graph, { [input.name]: { data: x, shape }, [backward.seed]: seed });
    const g = results[backward.gradients.get(input.name)!]!.data;
    const energy = g.reduce((sum, value) => sum + value * value, 0);

    const scoreAt = async (distance: number) => {
      const data = x.map((value, at) => value + distance * g[at]!);
      const scores = (await runModel(path, { [input.name]: { data, shape } }))[output]!.data;
      return Array.from({ length: BATCH }, (_, row) => scores[row * classes + TARGET]!).reduce((a, b) => a + b);
    };
    const errors: number[] = [];
    for (const size of STEPS) {
      const step = size / Math.sqrt(energy / BATCH);
      const slope = ((await scoreAt(step)) - (await scoreAt(-step))) / (2 * step);
      errors.push(Math.abs(slope / energy - 1));
    }
    const median = errors.sort((a, b) => a - b)[Math.floor(STEPS.length / 2)];
    expect(median).toBeLessThan(1e-2);
  });
});
