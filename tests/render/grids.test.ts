/** A known cell of a known channel is found where it belongs in the pictures. */
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Factorization } from '../../dist/src/inside/factorize.js';
import type { FeatureMaps } from '../../dist/src/inside/feature-maps.js';
import { conceptFigure } from '../../dist/src/render/concept-figure.js';
import { featureGrid } from '../../dist/src/render/feature-grid.js';
import { pictureGrid } from '../../dist/src/render/picture-grid.js';

const flat = (width: number, height: number, value: number) => {
  return { data: new Uint8Array(width * height * 3).fill(value), width, height };
};
const photo = flat(90, 60, 100);
/** Cells of 8 × 8 pixels of an input of 32 × 32, which is the right-hand 60 × 60 of the photo. */
const place = {
  lattice: { originY: 3.5, originX: 3.5, stepY: 8, stepX: 8 },
  view: { width: 90, height: 60, crop: [30, 0, 60, 60] as const },
  inputSize: [32, 32] as const,
};
/** One map with its cell (row 1, column 2) set, one below 0 everywhere. */
const maps: FeatureMaps = {
  ...place,
  layer: 'features',
  data: Float32Array.from({ length: 32 }, (_, at) => (at === 6 ? 5 : at < 16 ? 0 : -1)),
  shape: [2, 4, 4],
  channels: [7, 12],
  blank: 0.5,
};

async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) =>
    Array.from(data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3));
  return { pixel, data, ...info };
}

/** The first tile of a grid stands here. */
const [LEFT, TOP] = [24, 24 + 34 + 16];

describe('the grid of feature maps', () => {
  test('shows each map at its place, with colours of its own, and nothing of negative values', async () => {
    const columns = 4;
    const side = 1280 / columns - 6;
    const { pixel } = await pixelsOf(await featureGrid([maps], photo, { columns, colormap: '#000,#fff' }));
    const centre = (cell: number) => Math.floor(((cell + 0.5) * side) / 4);
    const shade = (tile: number, row: number, column: number) =>
      pixel(LEFT + tile * (side + 6) + centre(column), TOP + centre(row))[0]!;
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) {
        const bright = row === 1 && column === 2;
        expect(shade(0, row, column), `${row}, ${column}`)[bright ? 'toBeGreaterThan' : 'toBeLessThan'](
          bright ? 240 : 15,
        );
        expect(shade(1, row, column)).toBe(0);
      }
    }
    expect(pixel(LEFT - 2, TOP + 2)).toEqual([255, 255, 255]);
  });

  test('lies over what the model saw of the photo, layer below layer', async () => {
    const marked = { ...photo, data: photo.data.map((value, at) => (at % 270 < 90 ? 250 : value)) };
    const png = await featureGrid([maps, maps], marked, { columns: 16, style: 'overlay', colormap: '#000,#f00' });
    const { pixel, height } = await pixelsOf(png);
    // Black and the photo, half and half; the third of the photo that the model did not see is not there.
    expect(pixel(LEFT + 2, TOP + 2)).toEqual([50, 50, 50]);
    expect(height).toBe(2 * (34 + 16 + 74 + 6 + 18) - 18 + 48);
    expect(pixel(LEFT + 2, TOP + 2 + 34 + 16 + 74 + 6 + 18)).toEqual([50, 50, 50]);
  });

  test('refuses another photo and columns out of range', async () => {
    await expect(featureGrid([maps], flat(60, 60, 0))).rejects.toMatchObject({ code: 'ERR_OPTION' });
    await expect(featureGrid([maps], photo, { columns: 0 })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  });
});

test('the grid of pictures has a row for so many, and a section for each layer', async () => {
  const picture = (layer: string, channel: number, value: number) => ({ layer, channel, picture: flat(10, 10, value) });
  const pictures = [picture('a', 0, 10), picture('a', 1, 20), picture('a', 2, 30), picture('b', 0, 40)];
  const { pixel } = await pixelsOf(await pictureGrid(pictures, { columns: 2 }));
  const side = 320;
  const row = 16 + side + 6;
  const at = (column: number, y: number) => pixel(LEFT + column * (side + 6) + 5, y + 5)[0];
  expect([at(0, TOP), at(1, TOP), at(0, TOP + row), at(0, TOP + 2 * row + 18 + 34)]).toEqual([10, 20, 30, 40]);
  await expect(pictureGrid([])).rejects.toMatchObject({ code: 'ERR_OPTION' });
});

test('concepts have their colours where they are strongest, over the grey photo', async () => {
  const classes = [{ index: 0, label: 'cat', probability: 0.75 }];
  const concept = (cell: number) => ({
    map: Float32Array.from({ length: 16 }, (_, at) => Number(at === cell)),
    vector: new Float32Array(3),
    classes,
  });
  const concepts = [concept(0), concept(6)];
  const found: Factorization = { ...place, layer: 'features', concepts, height: 4, width: 4, residual: 0.1 };
  const { pixel } = await pixelsOf(await conceptFigure(found, photo));
  const left = 24 + 360 + 14;
  const at = (row: number, column: number) => pixel(left + column * 90 + 45, 24 + 34 + row * 90 + 45);
  const [red, blue] = [at(0, 0), at(1, 2)];
  expect(red[0]! - red[2]!).toBeGreaterThan(80);
  expect(blue[2]! - blue[0]!).toBeGreaterThan(80);
  expect(at(3, 3)).toEqual([100, 100, 100]);
  expect(pixel(24 + 5, 24 + 34 + 5)).toEqual([100, 100, 100]);
});
