import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Attribution } from '../../dist/src/core/attribution.js';
import { figure } from '../../dist/src/render/figure.js';
import { layout } from '../../dist/src/render/figure-layout.js';
import { attributionOf, flatPhoto } from './attribution.js';

const photo = flatPhoto([128, 128, 128]);
const cat = { index: 0, label: 'cat', probability: 0.9 };
const dog = { index: 1, label: 'dog <&> "wolf"', probability: 3e-11 };
const at = (pixel: number, value: number) => Array.from({ length: 16 }, (_, index) => (index === pixel ? value : 0));
const cells = (target: typeof cat, strength: number): Attribution[] => [
  attributionOf(at(5, strength), { target }),
  attributionOf(at(10, strength), { target, method: 'layer-cam', shape: [4, 4], forwardPasses: 1, backwardPasses: 1 }),
];
const content = { photo, predictions: [cat, dog], rows: [cells(cat, 4), cells(dog, 1)] };

async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) =>
    Array.from(data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3));
  return { pixel, data, ...info };
}

describe('figure', () => {
  test('has cells of at least 220 pixels, on white, in a row for each class and a column for each method', async () => {
    const place = layout(photo, 2, 2, 2);
    const { width, height, pixel } = await pixelsOf(await figure(content));
    expect([width, height]).toEqual([place.width, place.height]);
    expect(pixel(0, 0)).toEqual([255, 255, 255]);
    for (const row of [0, 1]) {
      for (const column of [0, 1]) {
        const cell = place.cell(row, column);
        expect(cell.width).toBeGreaterThanOrEqual(220);
        expect(pixel(cell.x, cell.y)).not.toEqual([255, 255, 255]);
        expect(pixel(cell.x - 2, cell.y)).toEqual([255, 255, 255]);
      }
    }
  });

  test('one scale per method: the weaker class is drawn weaker', async () => {
    const place = layout(photo, 2, 2, 2);
    const { pixel } = await pixelsOf(await figure(content, { colormap: '#000,#fff', style: 'heatmap' }));
    // Pixel (1, 1) of the input, pixel (2, 1) of the photo, is the centre of this part of the cell.
    const centre = (row: number) => {
      const { x, y, width, height } = place.cell(row, 0);
      return pixel(Math.floor(x + (2.5 / 6) * width), Math.floor(y + (1.5 / 4) * height));
    };
    // Half a pixel of 40 away from the centre of the bright cell, on both axes.
    const wanted = 255 * (1 - 0.5 / 40) ** 2;
    expect(Math.abs(centre(0)[0]! - wanted)).toBeLessThan(2);
    expect(Math.abs(centre(1)[0]! - wanted / 4)).toBeLessThan(2);
  });

  test('is the same, with readable letters, on a machine without fonts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
    try {
      const empty = join(folder, 'fonts.conf');
      writeFileSync(empty, '<?xml version="1.0"?><fontconfig></fontconfig>');
      const script = `
        import { figure } from ${JSON.stringify(new URL('../../dist/src/render/figure.js', import.meta.url).href)};
        const given = JSON.parse(process.argv[1]);
        const array = (kind, { data }) => kind.from(Object.values(data));
        const rows = given.rows.map((row) => row.map((cell) => ({ ...cell, data: array(Float32Array, cell) })));
        const photo = { ...given.photo, data: array(Uint8Array, given.photo) };
        process.stdout.write(await figure({ ...given, photo, rows }));`;
      const bare = execFileSync(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(content)], {
        cwd: new URL('../..', import.meta.url),
        env: { ...process.env, FONTCONFIG_FILE: empty },
      });
      expect(bare.equals(await figure(content))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('writes the class and method names: another name is another picture, only in its place', async () => {
    const renamed = { ...content, rows: [cells({ ...cat, label: 'lynx' }, 4), content.rows[1]!] };
    const [one, other] = await Promise.all([figure(content), figure(renamed)].map(async (png) => pixelsOf(await png)));
    const { x, y, width, height } = layout(photo, 2, 2, 2).rowHeader(0);
    const changed = Array.from(one!.data).flatMap((value, at) =>
      value === other!.data[at] ? [] : [Math.floor(at / 3)],
    );
    expect(changed.length).toBeGreaterThan(50);
    for (const place of changed) {
      const [column, row] = [place % one!.width, Math.floor(place / one!.width)];
      expect(column >= x && column < x + width && row >= y && row < y + height).toBe(true);
    }
  });

  test('a label in a script that the font has not is its number; Greek and Cyrillic are written', async () => {
    const labelled = (label: string) =>
      figure({ ...content, predictions: [{ ...cat, label }], rows: [cells({ ...cat, label }, 4), content.rows[1]!] });
    const [number, chinese, cyrillic] = await Promise.all(['class 0', '猫', 'кошка'].map(labelled));
    expect(chinese!.equals(number!)).toBe(true);
    expect(cyrillic!.equals(number!)).toBe(false);
  });

  test('takes photos of any shape', async () => {
    for (const [width, height] of [
      [1, 1],
      [3, 2000],
      [2000, 3],
    ] as const) {
      const tall = { data: new Uint8Array(width * height * 3).fill(90), width, height };
      const view = { width, height, crop: [0, 0, width, height] } as const;
      const rows = [[attributionOf(at(5, 1), { view })]];
      const made = await pixelsOf(await figure({ photo: tall, predictions: [cat], rows }));
      expect(made.width).toBeGreaterThan(440);
      expect(made.height).toBeLessThan(700);
    }
  });

  test.each([
    ['no rows', []],
    ['different methods', [cells(cat, 1), cells(dog, 1).reverse()]],
    ['a missing method', [cells(cat, 1), cells(dog, 1).slice(1)]],
  ])('refuses %s', async (_, rows) => {
    await expect(figure({ ...content, rows })).rejects.toMatchObject({ code: 'ERR_OPTION' });
  });

  test('refuses another photo', async () => {
    await expect(figure({ ...content, photo: { ...photo, width: 4, height: 6 } })).rejects.toThrow(
      'photo: expected the one that was explained',
    );
  });
});

describe('the options of pictures in a figure', () => {
  const black = { colormap: '#000,#fff', style: 'heatmap' } as const;

  test('one scale per map: both classes reach the last colour, and each cell has its bar', async () => {
    const place = layout(photo, 2, 2, 2, true);
    const { pixel, height } = await pixelsOf(await figure(content, { ...black, scale: 'map' }));
    expect(height).toBe(place.height);
    for (const row of [0, 1]) {
      const { x, y, width: cellWidth, height: cellHeight } = place.cell(row, 0);
      expect(pixel(Math.floor(x + (2.5 / 6) * cellWidth), Math.floor(y + (1.5 / 4) * cellHeight))[0]).toBeGreaterThan(
        240,
      );
      const bar = place.bar(row, 0);
      expect(pixel(bar.x + 1, bar.y + 5)[0]).toBeLessThan(10);
      expect(bar.y).toBeGreaterThan(y + cellHeight);
      if (row === 0) expect(bar.y + bar.height).toBeLessThanOrEqual(place.rowHeader(1).y);
    }
  });

  test('the view of the model: only what it saw, with no frame', async () => {
    const { pixel } = await pixelsOf(await figure(content, { ...black, view: 'model' }));
    const place = layout({ width: 4, height: 4 }, 2, 2, 2);
    const { x, y, width, height } = place.cell(0, 0);
    expect(pixel(Math.floor(x + (1.5 / 4) * width), Math.floor(y + (1.5 / 4) * height))[0]).toBeGreaterThan(240);
    expect(pixel(place.photo.x + 1, place.photo.y + 1)).toEqual([128, 128, 128]);
  });

  test('a style without colours has a bar of its own, or none', async () => {
    const bar = layout(photo, 2, 2, 2).bar(0, 0);
    const end = async (style: 'masked' | 'alpha' | 'photo', x: number) =>
      (await pixelsOf(await figure(content, { style }))).pixel(x, bar.y + 5)[0];
    expect(await end('masked', bar.x + bar.width - 2)).toBeGreaterThan(250);
    expect(await end('masked', bar.x + 1)).toBeLessThan(5);
    expect(await end('alpha', bar.x + 1)).toBeGreaterThan(250);
    expect(await end('photo', bar.x + 1)).toBe(255);
  });
});
