/** Single channels and cells of a class activation map. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ablationCam,
  eigenCam,
  gradCam,
  hiResCam,
  layerCam,
  type Model,
  scoreCam,
  smoothGradCamPlusPlus,
} from '../../dist/src/index.js';
import { relativeError } from '../distance.ts';
import { type Cam, CELLS, deep, HEIGHT, image, loader, WIDTH } from './cam-toys.ts';

const load = loader();

describe('parts of a layer', () => {
  let model: Model;
  beforeAll(async () => {
    model = await load(deep);
  });
  afterAll(() => model.close());
  const explainers: { readonly [name: string]: Cam } = {
    gradCam,
    layerCam,
    hiResCam,
    scoreCam,
    ablationCam,
    eigenCam,
    smoothGradCamPlusPlus,
  };

  test.each(Object.entries(explainers))('%s: filters are maps that add up to the whole', async (_, explain) => {
    const settings = { target: 1, relu: false };
    const whole = await explain(model, image, settings);
    const each = await explain(model, image, { ...settings, filters: '0,1,2,3,4,5' });
    expect(each.shape).toEqual([6, HEIGHT, WIDTH]);
    const sum = whole.data.map((_, cell) =>
      [0, 1, 2, 3, 4, 5].reduce((total, channel) => total + each.data[channel * CELLS + cell]!, 0),
    );
    expect(relativeError(sum, whole.data)).toBeLessThan(1e-5);
    const two = await explain(model, image, { ...settings, filters: [4, 1] });
    expect([...two.data.subarray(0, CELLS)]).toEqual([...each.data.subarray(4 * CELLS, 5 * CELLS)]);
    expect([...two.data.subarray(CELLS)]).toEqual([...each.data.subarray(CELLS, 2 * CELLS)]);
    const added = await explain(model, image, { ...settings, filters: [4, 1], filterMaps: 'sum' });
    expect(added.shape).toEqual([HEIGHT, WIDTH]);
    added.data.forEach((value, cell) => {
      expect(value).toBeCloseTo(two.data[cell]! + two.data[CELLS + cell]!, 5);
    });
  });

  test('a region and neurons keep their cells of the map, and nothing else', async () => {
    const whole = await gradCam(model, image, { target: 1, relu: false });
    const at = (y: number, x: number) => whole.data[y * WIDTH + x]!;
    const region = await gradCam(model, image, { target: 1, relu: false, region: '1,2,2,3' });
    const neurons = await gradCam(model, image, {
      target: 1,
      relu: false,
      neurons: [
        [0, 4],
        [3, 1],
      ],
    });
    expect(neurons.data).toEqual((await gradCam(model, image, { target: 1, relu: false, neurons: '0x4,3x1' })).data);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        expect(region.data[y * WIDTH + x]).toBe(y >= 1 && y < 3 && x >= 2 ? at(y, x) : 0);
        expect(neurons.data[y * WIDTH + x]).toBe((y === 0 && x === 4) || (y === 3 && x === 1) ? at(y, x) : 0);
      }
    }
    expect(region.options).toMatchObject({ region: '1,2,2,3' });
  });

  test.each([
    ['filters', { filters: [6] }],
    ['filters', { filters: '1,,2' }],
    ['filters', { filters: [] }],
    ['region y', { region: { y: 4, x: 0, height: 1, width: 1 } }],
    ['region width', { region: '0,3,1,3' }],
    ['region', { region: '0,0,1,1,1' }],
    ['neurons', { neurons: '3' }],
    ['neurons x', { neurons: '0x5' }],
    ['region and neurons', { region: '0,0,1,1', neurons: '0x0' }],
    ['filterMaps', { filters: [1], filterMaps: 'all' as 'sum' }],
    ['variant', { variant: 'torch-cam' as const }],
    ['fuse', { fuse: 'sum' as 'max' }],
  ])('wrong %s', async (name, options) => {
    await expect(hiResCam(model, image, { target: 0, ...options })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining(`${name}: expected`),
    });
  });
});
