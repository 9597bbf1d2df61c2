/** PyTorch climbs from the same noise, with the same shifts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { greyNoise } from '../../dist/src/inside/grey-noise.js';
import { type MaximizeOptions, maximize } from '../../dist/src/inside/maximize.js';
import type { Model } from '../../dist/src/model.js';
import { relativeError } from '../distance.ts';
import { array, draws, golden, LAYER, loadNetwork, loadToy } from './network.ts';

let model: Model;
beforeAll(async () => {
  model = await loadNetwork();
});
afterAll(() => model.close());

const SHAPE = [3, 24, 24];
const shared = { seed: 3, steps: 6 };
const CASES: { [name: string]: { options: MaximizeOptions; starts: number[] } } = {
  plain: { options: { layer: LAYER, channels: [4, 9] }, starts: [0, 1] },
  jitter: { options: { layer: LAYER, channels: [4, 9], jitter: 4 }, starts: [0, 1] },
  regularised: { options: { layer: LAYER, channels: [4, 9], blur: 0.8, decay: 0.05 }, starts: [0, 1] },
  neuron: { options: { layer: LAYER, channels: [9], neuron: [1, 2] }, starts: [1] },
  class: { options: { targets: [2] }, starts: [2] },
};

test('the noise is the one that the reference began with', () => {
  for (const { channel, start } of draws) expect([...greyNoise(SHAPE, 3, channel)]).toEqual(start);
});

describe.each(Object.entries(CASES))('%s', (name, { options, starts }) => {
  test('climbs as PyTorch does', async () => {
    const found = await maximize(model, { ...shared, ...options });
    const wanted = array(`ascent-${name}`).data;
    expect(found.length).toBe(starts.length);
    for (const [at, { data, shape, activation }] of found.entries()) {
      const begin = draws[starts[at]!]!.start;
      const change = (pixels: ArrayLike<number>, from = 0) =>
        begin.map((value, pixel) => pixels[from + pixel]! - value);
      expect(shape).toEqual(SHAPE);
      expect(relativeError(change(data), change(wanted, at * data.length))).toBeLessThan(1e-3);
      const { start, end } = golden.ascents[name][at];
      expect(activation.start).toBeCloseTo(start, 4);
      expect(activation.end).toBeCloseTo(end, 4);
      expect(activation.end).toBeGreaterThan(activation.start);
    }
  });
});

describe('maximisation', () => {
  test('gives the same bytes for any number of workers, any batch and any other channels', async () => {
    await using other = await loadNetwork({ workers: 1, batch: 2 });
    const options = { ...shared, layer: LAYER, jitter: 2 };
    const all = await maximize(model, { ...options, channels: [9, 4, 0, 1, 2] });
    const [alone] = await maximize(other, { ...options, channels: [4] });
    expect(all[1]).toEqual(alone);
  });

  test.each(['N', 1, 3])('of a linear class goes along its weights, with a batch of %s', async (batch) => {
    const weights = [1, -2, 3];
    await using toy = await loadToy({
      inputs: { x: [batch, 3, 2, 2] },
      outputs: ['scores'],
      outputShapes: [[batch, 2]],
      build(b) {
        const means = b.op('Flatten', [b.op('GlobalAveragePool', ['x'])]);
        return b.op('MatMul', [means, b.constant('float32', [1, 0, -2, 0, 3, 0], [3, 2])]);
      },
    });
    const [found] = await maximize(toy, { targets: [0], steps: 5, stepSize: 2 });
    const start = greyNoise([3, 2, 2], 0, 0);
    const size = Math.sqrt(14 / 3);
    for (const [at, value] of found!.data.entries()) {
      expect(value - start[at]!).toBeCloseTo((10 * weights[Math.floor(at / 4)]!) / size, 3);
    }
    const [silent] = await maximize(toy, { targets: [1], steps: 2 });
    expect(silent!.data).toEqual(greyNoise([3, 2, 2], 0, 1));
    expect(silent!.activation).toEqual({ start: 0, end: 0 });
  });

  test.each(['layer', 'class'])(
    'of a silent %s goes up by what its rectifier cuts off, and by its gradient once it is awake',
    async (of) => {
      const weights = [1, -2, 3];
      await using toy = await loadToy({
        inputs: { x: ['N', 3, 2, 2] },
        outputs: ['scores'],
        outputShapes: [['N', 2]],
        build(b) {
          const kernel = b.constant('float32', [...weights, ...weights], [2, 3, 1, 1]);
          const sums = b.op('Conv', ['x', kernel, b.constant('float32', [-1000, 1000], [2])]);
          return b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Relu', [sums])])]);
        },
      });
      const wanted = of === 'layer' ? { channels: [0, 1] } : { targets: [0, 1] };
      const [silent, loud] = await maximize(toy, { ...wanted, steps: 5, stepSize: 2 });
      for (const [found, number] of [[silent!, 0] as const, [loud!, 1] as const]) {
        const start = greyNoise([3, 2, 2], 0, number);
        for (const [at, value] of found.data.entries()) {
          expect(value - start[at]!).toBeCloseTo((10 * weights[Math.floor(at / 4)]!) / Math.sqrt(14 / 3), 3);
        }
      }
      expect(silent!.activation).toEqual({ start: 0, end: 0 });
      const [awake] = await maximize(toy, { ...wanted, steps: 100, stepSize: 2 });
      expect(awake!.activation.start).toBe(0);
      expect(awake!.activation.end).toBeGreaterThan(0);
    },
  );

  test('makes pictures of the size asked for, where the model takes any', async () => {
    await using toy = await loadToy(
      {
        inputs: { x: ['N', 3, 'H', 'W'] },
        outputs: ['scores'],
        outputShapes: [['N', 3]],
        build: (b) => b.op('Flatten', [b.op('GlobalAveragePool', [b.op('Mul', ['x', 'x'])])]),
      },
      { size: { height: 5, width: 7 } },
    );
    const [found] = await maximize(toy, { channels: [1], steps: 1 });
    expect([found!.shape, found!.picture]).toEqual([[3, 5, 7], expect.objectContaining({ width: 7, height: 5 })]);
  });

  test('reports all passes and stops when told', async () => {
    const seen: number[] = [];
    let total = 0;
    await maximize(model, {
      layer: LAYER,
      channels: [0, 1, 2, 3, 4],
      steps: 3,
      onProgress: (progress) => {
        seen.push(progress.done);
        total = progress.total;
      },
    });
    expect([seen.at(-1), total]).toEqual([20, 20]);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const controller = new AbortController();
    const running = maximize(model, {
      layer: LAYER,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });

  test.each([
    [{ layer: LAYER, channels: [10] }, 'ERR_OPTION'],
    [{ layer: LAYER, neuron: [3, 0] as const }, 'ERR_OPTION'],
    [{ layer: LAYER, targets: [0] }, 'ERR_OPTION'],
    [{ targets: [4] }, 'ERR_TARGET'],
    [{ steps: 0 }, 'ERR_OPTION'],
    [{ decay: 2 }, 'ERR_OPTION'],
    [{ layer: 'scores' }, 'ERR_LAYER'],
  ])('refuses %j', async (options, code) => {
    await expect(maximize(model, options)).rejects.toMatchObject({ code });
  });
});
