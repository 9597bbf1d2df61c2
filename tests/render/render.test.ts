import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { appearance } from '../../dist/src/render/appearance.js';
import { barColours } from '../../dist/src/render/bar-colours.js';
import { type RenderOptions, render } from '../../dist/src/render/render.js';
import { attributionOf, flatPhoto } from './attribution.js';

const photo = flatPhoto([200, 100, 50]);
const one = (row: number, column: number, value = 1) =>
  Array.from({ length: 16 }, (_, at) => (at === row * 4 + column ? value : 0));

async function pixels(png: Buffer) {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) =>
    Array.from(data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels));
  return { at, width: info.width, height: info.height };
}
const drawn = async (values: number[], options: RenderOptions = {}) =>
  pixels(await render(attributionOf(values), photo, options));

describe('render', () => {
  test('draws on the photo, at its own size, where the model looked', async () => {
    const { at, width, height } = await drawn(one(2, 1), { style: 'heatmap', colormap: '#000,#fff' });
    expect([width, height]).toEqual([6, 4]);
    // The crop begins at x = 1: pixel (1, 2) of the input is pixel (2, 2) of the photo.
    expect(at(2, 2).slice(0, 3)).toEqual([255, 255, 255]);
    for (const [x, y] of [
      [1, 2],
      [3, 2],
      [2, 1],
      [2, 3],
      [4, 0],
    ] as const)
      expect(at(x, y).slice(0, 3)).toEqual([0, 0, 0]);
  });

  test('dims what the model’s crop did not see: grey at 45 %', async () => {
    const { at } = await drawn(one(0, 0));
    const grey = Math.round(0.45 * (0.299 * 200 + 0.587 * 100 + 0.114 * 50));
    for (const x of [0, 5]) expect(at(x, 0)).toEqual([grey, grey, grey, 255]);
  });

  test('overlay: alpha is the heatmap’s opacity', async () => {
    const { at } = await drawn(one(1, 1), { colormap: '#000,#fff', alpha: 0.25 });
    expect(at(2, 1).slice(0, 3)).toEqual([214, 139, 101]);
    expect(at(3, 1).slice(0, 3)).toEqual([150, 75, 38]);
    const invisible = await drawn(one(1, 1), { alpha: 0 });
    expect(invisible.at(2, 1).slice(0, 3)).toEqual([200, 100, 50]);
  });

  test('overlay of values with a sign: red for, blue against, nothing where there is nothing', async () => {
    const values = one(1, 1);
    values[6] = -1;
    const { at } = await drawn(values);
    const [red, blue, none] = [at(2, 1), at(3, 1), at(4, 3)];
    expect(red[0]! - red[2]!).toBeGreaterThan(60);
    expect(blue[2]! - blue[0]!).toBeGreaterThan(40);
    const grey = 0.299 * 200 + 0.587 * 100 + 0.114 * 50;
    expect(none.slice(0, 3)).toEqual([200, 100, 50].map((value) => Math.round(0.25 * value + 0.75 * grey)));
  });

  test('a gradient against the class: the channels whose sum is below 0', async () => {
    const data = [...one(1, 1, -3), ...one(1, 2, 5)].map((value, at) => value + (at === 5 + 16 ? 1 : 0));
    const gradient = attributionOf(data, { method: 'saliency', shape: [2, 4, 4], fold: 'magnitude' });
    const { at } = await pixels(
      await render(gradient, photo, { style: 'heatmap', colormap: '#000,#fff', sign: 'negative' }),
    );
    expect([at(2, 1)[0], at(3, 1)[0], at(4, 1)[0]]).toEqual([255, 0, 0]);
  });

  test('photo, masked and alpha', async () => {
    expect((await drawn(one(1, 1), { style: 'photo' })).at(3, 3).slice(0, 3)).toEqual([200, 100, 50]);
    const masked = await drawn(one(1, 1), { style: 'masked' });
    expect(masked.at(2, 1).slice(0, 3)).toEqual([200, 100, 50]);
    expect(masked.at(3, 1).slice(0, 3)).toEqual([0, 0, 0]);
    const alpha = await drawn(one(1, 1), { style: 'alpha' });
    expect([alpha.at(2, 1), alpha.at(3, 1)]).toEqual([
      [200, 100, 50, 255],
      [200, 100, 50, 0],
    ]);
  });

  test('a shared scale: half the value, half the colour', async () => {
    const options = { style: 'heatmap', colormap: '#000,#fff', scale: { sign: 'positive', low: 0, high: 2 } } as const;
    expect((await drawn(one(1, 1), options)).at(2, 1)[0]).toBe(128);
  });

  test('power: half the value, a quarter of the colour', async () => {
    const look = { style: 'heatmap', colormap: '#000,#fff', power: 2 } as const;
    const positive = { sign: 'positive', low: 0, high: 2 } as const;
    expect((await drawn(one(1, 1), { ...look, scale: positive })).at(2, 1)[0]).toBe(64);
    const both = { sign: 'all', low: -2, high: 2 } as const;
    expect((await drawn(one(1, 1, -1), { ...look, scale: both })).at(2, 1)[0]).toBe(Math.round(255 * 0.375));
    const colours = barColours(appearance([], { ...look, scale: positive }))!;
    expect([colours[0], colours[128 * 3], colours[255 * 3]]).toEqual([0, 64, 255]);
  });

  test('interpolation: between the cells of a map', async () => {
    const lattice = { originY: 0.5, originX: 0.5, stepY: 2, stepX: 2 };
    const map = attributionOf([0, 1, 0, 1], { shape: [2, 2], lattice });
    const look = { style: 'heatmap', colormap: '#000,#fff', scale: { sign: 'positive', low: 0, high: 2 } } as const;
    const row = async (interpolation: 'bilinear' | 'bicubic') => {
      const { at } = await pixels(await render(map, photo, { ...look, interpolation }));
      return [1, 2, 3, 4].map((x) => at(x, 1)[0]!);
    };
    expect(await row('bilinear')).toEqual([0, 32, 96, 128]);
    const [first, second, third, last] = await row('bicubic');
    expect([first! < 1, second! < 32, third! > 96, last! > 128]).toEqual([true, true, true, true]);
  });

  test('view model: only what it saw, at the size of its input', async () => {
    const { at, width, height } = await drawn(one(3, 0), { view: 'model', style: 'heatmap', colormap: '#000,#fff' });
    expect([width, height]).toEqual([4, 4]);
    expect(at(0, 3)[0]).toBe(255);
    expect(at(1, 3)[0]).toBe(0);
  });

  test('a CAM of one cell and NaN do no harm', async () => {
    const cam = attributionOf([3], { shape: [1, 1], lattice: { originY: 1.5, originX: 1.5, stepY: 4, stepX: 4 } });
    expect((await pixels(await render(cam, photo, { style: 'heatmap', colormap: '#000,#fff' }))).at(3, 3)[0]).toBe(255);
    const broken = one(1, 1);
    broken[15] = Number.NaN;
    expect((await drawn(broken)).width).toBe(6);
  });

  test('the same input gives the same bytes', async () => {
    const [first, second] = [
      await render(attributionOf(one(1, 2)), photo),
      await render(attributionOf(one(1, 2)), photo),
    ];
    expect(first.equals(second)).toBe(true);
  });

  test.each([
    [{ style: 'oil' }, 'style: expected one of overlay, heatmap, photo, masked, alpha, received'],
    [{ power: 0 }, 'power: expected a number from 0.1 to 10, received 0.'],
    [{ interpolation: 'nearest' }, 'interpolation: expected one of bilinear, bicubic'],
    [{ alpha: 2 }, 'alpha: expected a number from 0 to 1, received 2.'],
    [{ colormap: 'rainbow' }, 'colormap: expected one of viridis'],
    [{ view: 'side' }, 'view: expected one of photo, model, received'],
    [{ outlierPercentile: -1 }, 'outlierPercentile: expected'],
  ])('refuses %o', async (options, sentence) => {
    await expect(render(attributionOf(one(0, 0)), photo, options as RenderOptions)).rejects.toThrow(sentence);
  });

  test('refuses another photo', async () => {
    const other = { ...photo, width: 4, height: 6 };
    await expect(render(attributionOf(one(0, 0)), other)).rejects.toThrow(
      'photo: expected the one that was explained, 6 × 4, received 4 × 6.',
    );
  });
});
