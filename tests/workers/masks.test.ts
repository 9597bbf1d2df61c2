/** Soft masks are painted by a graph in the workers; the loops over pixels, which explain functions, are the truth. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { random } from '../../dist/src/core/random.js';
import { applyRecipe, type Recipe, type Scene } from '../../dist/src/core/recipe.js';
import { sharedTensor } from '../../dist/src/core/tensor.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { createPool } from '../../dist/src/workers/pool.js';
import { toyGraph } from '../toy-model.ts';

// Odd sides, and "scores" that are all the pixels.
const shape = [3, 15, 11];
const size = 3 * 15 * 11;
const folder = mkdtempSync(join(tmpdir(), 'masks-'));
const file = join(folder, 'pixels.onnx');
const graph = toyGraph({
  inputs: { picture: ['N', ...shape] },
  outputs: ['pixels'],
  build: (b) => b.op('Flatten', ['picture']),
});
writeFileSync(file, writeModel(graph));
afterAll(() => rmSync(folder, { recursive: true }));
const source = { key: 'forward', model: file, input: 'picture', layout: 'nchw' } as const;
const reading = { output: 'pixels', score: 'logit', activation: 'softmax', binary: false } as const;

const { uniform } = random(7);
const noisy = (dims: number[]) => {
  const tensor = sharedTensor(dims);
  tensor.data.forEach((_, at) => {
    tensor.data[at] = 4 * uniform() - 2;
  });
  return tensor;
};
const picture = noisy(shape);
const planes = noisy([6, 4, 5]);
planes.data.fill(1.5, 0, 20); // a constant mask

async function painted(scene: Scene, recipes: readonly Recipe[], workers: number, batch: number) {
  const pool = createPool({ workers, threads: 1, batch, memory: 2 ** 30, queueLimit: 4, name: 'pixels.onnx' });
  const { values } = await pool.scores(source, scene, recipes, reading);
  await pool.close();
  return Float32Array.from(values);
}

const noise = { seed: 1, index: 2, std: 0.1 };
const soft: Recipe[] = [0, 1, 2, 3, 4, 5].map((mask) => ({ kind: 'soft-mask', mask, scale: 1 - mask / 10 }));
const grids: Recipe[] = Array.from({ length: 33 }, (_, index) => ({
  kind: 'grid-mask',
  seed: 5,
  index,
  cells: 3,
  keep: 0.4,
}));
const mixed: Recipe[] = [soft[1]!, { kind: 'original' }, soft[2]!, { ...soft[3]!, noise } as Recipe, soft[4]!];
const scenes: [string, Recipe[], Partial<Scene>][] = [
  ['grid masks', grids, {}],
  ['grid masks of a single cell', [{ kind: 'grid-mask', seed: 1, index: 4, cells: 1, keep: 0.5 }], {}],
  [
    'grids of several sizes',
    [...grids.slice(0, 3), ...grids.slice(3, 6).map((mask) => ({ ...mask, cells: 5 }) as Recipe)],
    {},
  ],
  ['soft masks', soft, { masks: { planes, isCornerAligned: false, isStretched: true } }],
  ['soft masks on the corners', soft, { masks: { planes, isCornerAligned: true, isStretched: true } }],
  ['soft masks as they are', soft, { masks: { planes, isCornerAligned: false, isStretched: false } }],
  ['masks among other recipes', mixed, { masks: { planes, isCornerAligned: false, isStretched: true } }],
];

describe.each(['zero', 'noise'])('over a baseline of %s', (kind) => {
  const baseline = kind === 'zero' ? sharedTensor(shape) : noisy(shape);
  test.each(scenes)('%s', async (_, recipes, rest) => {
    const scene = { picture, baseline, ...rest };
    const found = await painted(scene, recipes, 1, 2);
    const row = new Float32Array(size);
    for (const [at, recipe] of recipes.entries()) {
      applyRecipe(scene, recipe, row);
      const distance = row.reduce(
        (most, value, pixel) => Math.max(most, Math.abs(value - found[at * size + pixel]!)),
        0,
      );
      expect(distance).toBeLessThan(2e-6);
    }
    for (const [workers, batch] of [
      [2, 2],
      [1, 3],
      [1, 16],
    ] as const) {
      expect(await painted(scene, recipes, workers, batch)).toEqual(found);
    }
  });
});
