/** scikit-learn factorises the same matrix from the same start; a model of known parts is taken apart into them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factorize } from '../../dist/src/inside/factorize.js';
import { factorizeMatrix } from '../../dist/src/inside/nmf.js';
import type { Model } from '../../dist/src/model.js';
import { relativeError } from '../distance.ts';
import { golden, LAYER, loadNetwork, loadToy, picture } from './network.ts';

let model: Model;
beforeAll(async () => {
  model = await loadNetwork();
});
afterAll(() => model.close());

test("non-negative matrix factorisation is scikit-learn's, and ends in the same round", async () => {
  const { x, w, h, doneW, doneH } = golden.nmf;
  const matrix = { data: Float64Array.from(x as number[]), rows: 12, columns: 20 };
  const start = { w: Float64Array.from(w as number[]), h: Float64Array.from(h as number[]), parts: 2 };
  const found = await factorizeMatrix(matrix, start);
  expect(relativeError(found.w, doneW)).toBeLessThan(1e-10);
  expect(relativeError(found.h, doneH)).toBeLessThan(1e-10);
});

describe('deep feature factorisation', () => {
  /** Channels are the colours; the score of a class is a weighted mean of one. */
  const colours = (batch: number | string) =>
    loadToy(
      {
        inputs: { x: [batch, 3, 4, 4] },
        outputs: ['scores'],
        outputShapes: [[batch, 3]],
        build(b) {
          const features = b.op('Add', [b.op('Relu', ['x']), b.constant('float32', [1, 2, 3], [3, 1, 1])]);
          const means = b.op('Flatten', [b.op('GlobalAveragePool', [features])]);
          return b.op('MatMul', [means, b.constant('float32', [1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])]);
        },
      },
      { labels: ['red', 'green', 'blue'] },
    );

  test.each(['N', 1, 3])('finds the two patches of a picture, and what each is (batch %s)', async (batch) => {
    await using toy = await colours(batch);
    const data = new Float32Array(48);
    for (const pixel of [0, 1, 4, 5, 8]) data[pixel] = 6;
    for (const pixel of [14, 15]) data[32 + pixel] = 9;
    const { concepts, residual } = await factorize(toy, { tensor: { data, shape: [1, 3, 4, 4] } }, { concepts: 2 });
    const maps = concepts.map(({ map }) => [...map.keys()].filter((pixel) => map[pixel]! > 0.99));
    expect(maps).toEqual([
      [0, 1, 4, 5, 8],
      [14, 15],
    ]);
    expect(residual).toBeLessThan(1e-3);
    const vectors = [
      [7, 2, 3],
      [1, 2, 12],
    ];
    for (const [at, vector] of vectors.entries()) {
      for (const [channel, value] of vector.entries()) expect(concepts[at]!.vector[channel]).toBeCloseTo(value, 2);
      const powers = vector.map(Math.exp);
      const total = powers.reduce((a, b) => a + b);
      const [first, second] = concepts[at]!.classes;
      expect([first!.label, second!.label]).toEqual(
        [
          ['red', 'blue'],
          ['blue', 'green'],
        ][at],
      );
      expect(first!.probability).toBeCloseTo(Math.max(...powers) / total, 3);
    }
  });

  test('is the same for any number of workers, and another for another seed', async () => {
    await using other = await loadNetwork({ workers: 1, batch: 2 });
    const options = { layer: LAYER, concepts: 3 };
    const found = await factorize(model, picture(), options);
    expect(await factorize(other, picture(), options)).toEqual(found);
    expect(await factorize(model, picture(), { ...options, seed: 1 })).not.toEqual(found);
    expect(found.concepts.every(({ map }) => Math.max(...map) === 1 || Math.max(...map) === 0)).toBe(true);
  });

  test('explains more with more concepts', async () => {
    const residuals: number[] = [];
    for (const concepts of [1, 2, 3]) {
      residuals.push((await factorize(model, picture(), { layer: LAYER, concepts })).residual);
    }
    expect(residuals).toEqual(residuals.toSorted((a, b) => b - a));
    expect(residuals[2]!).toBeLessThan(residuals[0]!);
  });

  test('lets others have their turn, and stops when told', async () => {
    const size = 300;
    const data = Float64Array.from({ length: size * size }, (_, at) => (at * 7919) % 101);
    const start = { w: data.slice(0, 5 * size), h: data.slice(size, 6 * size), parts: 5 };
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 5);
    const running = factorizeMatrix({ data, rows: size, columns: size }, start, controller.signal);
    await expect(running).rejects.toThrow('enough');
  });

  test('refuses a layer that a branch goes around', async () => {
    await using toy = await loadToy({
      inputs: { x: ['N', 3, 4, 4] },
      outputs: ['scores'],
      outputShapes: [['N', 3]],
      build: (b) => b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Add', ['x', b.op('Relu', ['x'])])])]),
    });
    const layer = toy.graph.nodes.find(({ op }) => op === 'Relu')!.outputs[0]!;
    const image = { tensor: { data: new Float32Array(48).fill(1), shape: [1, 3, 4, 4] } };
    await expect(factorize(toy, image, { layer })).rejects.toThrow(
      /a layer that all the rest of the model goes through, received one that a branch goes around\. The last such layer is/,
    );
    const { layer: last } = await factorize(toy, image, { concepts: 1 });
    expect(last).toBe(toy.graph.nodes.find(({ op }) => op === 'Add')!.outputs[0]);
  });
});
