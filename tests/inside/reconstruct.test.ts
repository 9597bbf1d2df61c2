/** PyTorch with a hook on every rectifier says what a deconvnet gives. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reconstruct } from '../../dist/src/inside/reconstruct.js';
import type { Model } from '../../dist/src/model.js';
import { relativeError } from '../distance.ts';
import { array, golden, LAYER, loadNetwork, loadToy, picture } from './network.ts';

let model: Model;
beforeAll(async () => {
  model = await loadNetwork();
});
afterAll(() => model.close());

describe('the deconvnet reconstruction', () => {
  test("of the strongest map is PyTorch's", async () => {
    const [found, ...more] = await reconstruct(model, picture(), { layer: LAYER });
    expect(more).toEqual([]);
    expect(found).toMatchObject({ channel: golden.strongest, shape: [3, 24, 24] });
    expect(found!.activation).toBeCloseTo(golden.peak, 5);
    expect(relativeError(found!.data, array('reconstruction').data)).toBeLessThan(1e-5);
  });

  test("of its largest value alone is PyTorch's", async () => {
    const options = { layer: LAYER, channels: [golden.strongest], from: 'strongest-cell' } as const;
    const [found] = await reconstruct(model, picture(), options);
    expect(relativeError(found!.data, array('reconstruction-cell').data)).toBeLessThan(1e-5);
  });

  test('of several maps is that of each', async () => {
    const channels = [2, golden.strongest];
    const [, found] = await reconstruct(model, picture(), { layer: LAYER, channels });
    expect(found!.channel).toBe(golden.strongest);
    expect(relativeError(found!.data, array('reconstruction').data)).toBeLessThan(1e-5);
  });

  test('of a map that is nowhere above 0 is nothing', async () => {
    const maps = array('maps');
    const plane = maps.data.length / 10;
    const silent = [...Array(10).keys()].find((at) =>
      maps.data.slice(at * plane, (at + 1) * plane).every((value) => value <= 0),
    );
    expect(silent).toBeDefined();
    const [found] = await reconstruct(model, picture(), { layer: LAYER, channels: [silent!] });
    expect(found!.activation).toBe(0);
    expect(found!.data.every((value) => value === 0)).toBe(true);
  });

  test('unpools to where the maximum was, with the channels last too', async () => {
    await using toy = await loadToy({
      inputs: { x: ['N', 4, 4, 3] },
      outputs: ['scores'],
      outputShapes: [['N', 3]],
      build(b) {
        const planar = b.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
        const pooled = b.op('MaxPool', [b.op('Relu', [planar])], { kernel_shape: [2, 2], strides: [2, 2] });
        return b.op('Flatten', [b.op('GlobalAveragePool', [pooled])]);
      },
    });
    const data = new Float32Array(48);
    const at = (y: number, x: number, channel: number) => (y * 4 + x) * 3 + channel;
    data[at(1, 2, 1)] = 5;
    data[at(3, 0, 1)] = 2;
    data[at(3, 3, 0)] = 4;
    const [found] = await reconstruct(toy, { tensor: { data, shape: [1, 4, 4, 3] } });
    const wanted = new Float32Array(48);
    wanted[16 + 1 * 4 + 2] = 5;
    wanted[16 + 3 * 4] = 2;
    expect([found!.channel, found!.data]).toEqual([1, wanted]);
  });

  test('refuses what is not there in one sentence', async () => {
    await expect(reconstruct(model, picture(), { layer: LAYER, channels: [10] })).rejects.toThrow(
      /^channels: expected channels of '.*', 0 to 9, received 10\.$/,
    );
    await expect(reconstruct(model, picture(), { layer: 'nowhere' })).rejects.toMatchObject({ code: 'ERR_LAYER' });
  });
});
