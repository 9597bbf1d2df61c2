/** Every kind of photo file is explained as its upright 8-bit RGB picture. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { readNpy } from '../npy.ts';
import { command, workingFolder } from './command.ts';
import { squareOn, writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const SQUARE = { x: 40, y: 20, side: 12 };
const KINDS = ['photo', 'grey', 'alpha', 'deep', 'turned', 'mirrored', 'cmyk', 'tiny'];
const LOSSLESS = ['grey', 'alpha', 'deep', 'turned', 'mirrored'];
interface Entry {
  readonly image: { readonly width: number; readonly height: number; readonly crop: readonly number[] };
}
const entries = new Map<string, Entry>();

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
  const { data, ...raw } = squareOn(64, 48, SQUARE);
  const picture = () => sharp(data, { raw });
  const save = (image: Sharp, name: string) => image.toFile(join(folder, name));
  const values = Uint16Array.from(data, (value) => value * 257);
  await save(picture().toColourspace('b-w'), 'grey.png');
  await save(picture().ensureAlpha(0.3), 'alpha.png');
  await save(sharp(values, { raw }).toColourspace('rgb16'), 'deep.png');
  await save(picture().rotate(-90).withMetadata({ orientation: 6 }), 'turned.png');
  await save(picture().flop().withMetadata({ orientation: 2 }), 'mirrored.png');
  await save(picture().toColourspace('cmyk').jpeg({ quality: 100 }), 'cmyk.jpg');
  await save(sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }), 'tiny.png');
  const files = KINDS.map((kind) => (kind === 'cmyk' ? 'cmyk.jpg' : `${kind}.png`));
  const methods = 'occlusion,grad-cam,integrated-gradients:steps=4,lime:samples=640';
  const args = ['--methods', methods, '--targets', 'bright', '--raw', '--json', '-q'];
  const { stdout, code } = await command(folder, 'explain', '-m', 'toy', ...args, ...files);
  expect(code).toBe(0);
  const lines = stdout.trim().split('\n');
  for (const [at, line] of lines.entries()) entries.set(KINDS[at]!, JSON.parse(line));
});

test('the files are of the kinds that they are meant to be', async () => {
  const of = (name: string) => sharp(join(folder, name)).metadata();
  expect(await of('grey.png')).toMatchObject({ channels: 1 });
  expect(await of('alpha.png')).toMatchObject({ hasAlpha: true });
  expect(await of('deep.png')).toMatchObject({ depth: 'ushort' });
  expect(await of('turned.png')).toMatchObject({ width: 48, height: 64, orientation: 6 });
  expect(await of('cmyk.jpg')).toMatchObject({ space: 'cmyk' });
});

test('there is one JSON line for each photo', () => expect([...entries.keys()]).toEqual(KINDS));

test.each([...LOSSLESS, 'cmyk'])('%s: the size and crop of the upright photo', (kind) => {
  const { width, height, crop } = entries.get('photo')!.image;
  expect([width, height]).toEqual([64, 48]);
  expect(entries.get(kind)!.image).toMatchObject({ width, height, crop });
});

const rawFile = (kind: string, method: string) => join(folder, 'out', `${kind}.${method}.0-bright.npy`);

test.each(LOSSLESS)('%s: the same maps to the last bit, and the same pictures', async (kind) => {
  for (const method of ['occlusion', 'grad-cam', 'integrated-gradients', 'lime']) {
    expect(readFileSync(rawFile(kind, method)).equals(readFileSync(rawFile('photo', method))), method).toBe(true);
    const overlay = (name: string) => readFileSync(rawFile(name, method).replace('.npy', '.png'));
    expect(overlay(kind).equals(overlay('photo')), method).toBe(true);
  }
});

test('CMYK: nearly the same maps', () => {
  for (const method of ['occlusion', 'grad-cam']) {
    const [map, wanted] = [readNpy(rawFile('cmyk', method)).data, readNpy(rawFile('photo', method)).data];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    expect(dot(map, wanted) / Math.sqrt(dot(map, map) * dot(wanted, wanted)), method).toBeGreaterThan(0.98);
  }
});

test('a photo of one pixel has maps too', () => {
  expect(entries.get('tiny')!.image).toMatchObject({ width: 1, height: 1, crop: [0, 0, 1, 1] });
  expect(readNpy(rawFile('tiny', 'grad-cam')).data.every(Number.isFinite)).toBe(true);
});
