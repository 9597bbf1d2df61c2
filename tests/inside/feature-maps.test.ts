import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { featureMaps } from '../../dist/src/inside/feature-maps.js';
import type { Model } from '../../dist/src/model.js';
import { relativeError } from '../distance.ts';
import { noise } from '../toy-model.ts';
import { array, LAYER, loadNetwork, loadToy, picture } from './network.ts';

let model: Model;
beforeAll(async () => {
  model = await loadNetwork();
});
afterAll(() => model.close());

describe('feature maps', () => {
  test("are PyTorch's, and their blank share is counted", async () => {
    const [maps] = await featureMaps(model, picture(), { layers: [LAYER] });
    const wanted = array('maps');
    expect(maps!.shape).toEqual(wanted.shape);
    expect(relativeError(maps!.data, wanted.data)).toBeLessThan(1e-5);
    const blank = maps!.channels.filter((at) => wanted.data.slice(at * 9, at * 9 + 9).every((value) => value <= 0));
    expect(blank.length).toBeGreaterThan(0);
    expect(maps!.blank).toBeCloseTo(blank.length / 10, 12);
  });

  test('of several layers come from one pass, in the order asked for, with the channels asked for', async () => {
    const totals: number[] = [];
    const options = { layers: ['/0/Conv', LAYER], channels: [5, 0] };
    const found = await featureMaps(model, picture(), { ...options, onProgress: ({ total }) => totals.push(total) });
    expect(totals).toEqual([1]);
    expect(found.map(({ shape, channels }) => [shape, channels])).toEqual([
      [
        [2, 24, 24],
        [5, 0],
      ],
      [
        [2, 3, 3],
        [5, 0],
      ],
    ]);
    const [whole] = await featureMaps(model, picture(), { layers: [LAYER] });
    expect(found[1]!.data.subarray(0, 9)).toEqual(whole!.data.subarray(45, 54));
    expect(found[0]!.data.some((value) => value < 0)).toBe(true);
  });

  test('with the channels last, or the batch second, come as planes', async () => {
    const { data } = noise([1, 4, 4, 3], 3);
    const planar = (at: number) => data[(at % 16) * 3 + Math.floor(at / 16)]!;
    await using toy = await loadToy({
      inputs: { x: ['N', 4, 4, 3] },
      outputs: ['scores'],
      outputShapes: [['N', 3]],
      build(b) {
        const doubled = b.op('Mul', ['x', b.constant('float32', 2)]);
        const tokens = b.op('Reshape', [doubled, b.constant('int64', [0, 16, 3])]);
        const second = b.op('Neg', [b.op('Transpose', [tokens], { perm: [1, 0, 2] })]);
        return b.op('ReduceMean', [second, b.constant('int64', [0])], { keepdims: 0 });
      },
    });
    const layers = [...toy.graph.nodes.filter(({ op }) => op === 'Mul' || op === 'Neg')].map(
      ({ outputs }) => outputs[0]!,
    );
    const found = await featureMaps(toy, { tensor: { data, shape: [1, 4, 4, 3] } }, { layers });
    const wanted = Float32Array.from({ length: 48 }, (_, at) => 2 * planar(at));
    expect(found.map(({ data }) => data)).toEqual([wanted, wanted.map((value) => -value)]);
  });

  test('of a layer that is named twice come once, and of none are refused', async () => {
    expect(await featureMaps(model, picture(), { layers: [LAYER, '/9/Relu_output_0'] })).toHaveLength(1);
    await expect(featureMaps(model, picture(), { layers: [] })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  });

  test('that hold no numbers are refused', async () => {
    const tensor = { data: new Float32Array(3 * 24 * 24).fill(Number.NaN), shape: [1, 3, 24, 24] };
    await expect(featureMaps(model, { tensor }, { layers: [LAYER] })).rejects.toMatchObject({ code: 'ERR_NOT_FINITE' });
  });
});
