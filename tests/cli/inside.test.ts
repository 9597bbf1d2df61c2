/** `features` and `maximize`: what they print and write, and what they refuse. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../npy.ts';
import { command, expectRefusal, filesIn, outcomeOf, startCommand, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await command(folder, ...args, '-m', 'toy', '--json');
  expect(code, stderr).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return { result: JSON.parse(stdout), stderr };
};
const isPicture = async (path: string) => {
  const { width } = await sharp(join(folder, path)).metadata();
  expect(width).toBeGreaterThan(100);
};

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
});

describe('features', () => {
  test('draws a grid, says the share of blank channels, and writes the maps', async () => {
    const { result, stderr } = await json('features', 'photo.png', '--channels', '0,2-3', '--raw');
    const { figure, layers } = result.features;
    expect(figure).toBe('out/photo.features.png');
    await isPicture(figure);
    expect(result.image).toMatchObject({ path: 'photo.png', width: 64, height: 48 });
    expect(layers).toEqual([expect.objectContaining({ shape: [3, 16, 16], channels: [0, 2, 3], blank: 0 })]);
    expect(readNpy(join(folder, layers[0].raw)).shape).toEqual([3, 16, 16]);
    expect(stderr).toContain('0 % of 3 channels are blank.');
    expect(existsSync(join(folder, 'out/photo.features.json'))).toBe(true);
  });

  test('puts several layers into one picture, over the photo', async () => {
    const { layers } = JSON.parse((await command(folder, 'layers', 'toy', '--json')).stdout);
    const names = layers.filter(({ role }: { role: string }) => role === 'features').slice(0, 2);
    const asked = names.map(({ name }: { name: string }) => name).join(',');
    const { result } = await json('features', 'photo.png', '--layer', asked, '--style', 'overlay', '-o', 'over.png');
    expect(result.features.layers.map(({ layer }: { layer: string }) => layer).join(',')).toBe(asked);
    expect(result.features.figure).toBe('over.png');
    await isPicture('over.png');
  });

  test('--reconstruct and --concepts take the place of the grid', async () => {
    const { result } = await json('features', 'photo.png', '--reconstruct', '--concepts', '2', '--raw', '-o', 'both');
    expect(result).not.toHaveProperty('features');
    const [map] = result.reconstruction.maps;
    expect(map).toMatchObject({ shape: [3, 32, 32], activation: expect.any(Number) });
    const pixels = readNpy(join(folder, map.raw));
    expect(pixels.shape).toEqual([3, 32, 32]);
    expect(pixels.data.some((value) => value > 0)).toBe(true);
    const [found] = result.concepts;
    expect(found.shape).toEqual([2, 16, 16]);
    expect(found.concepts).toHaveLength(2);
    for (const { classes } of found.concepts) {
      expect(classes[0].probability + classes[1].probability).toBeCloseTo(1, 6);
    }
    expect(readNpy(join(folder, found.raw)).shape).toEqual([2, 16, 16]);
    await isPicture(result.reconstruction.figure);
    await isPicture(found.figure);
  });
});

describe('maximize', () => {
  test('makes a picture for each channel, and says how far each came', async () => {
    const { result } = await json('maximize', '--channels', '1-3', '--steps', '4', '--jitter', '1', '--raw');
    expect(result.options).toEqual({ steps: 4, stepSize: 1, seed: 0, jitter: 1, blur: 0, decay: 0 });
    expect(result.pictures.map(({ channel }: { channel: number }) => channel)).toEqual([1, 2, 3]);
    for (const { activation } of result.pictures) expect(activation.end).toBeGreaterThan(activation.start);
    expect(readNpy(join(folder, result.raw)).shape).toEqual([3, 3, 32, 32]);
    await isPicture(result.figure);
  });

  test('makes one for a class, and for a neuron', async () => {
    const classes = await json('maximize', '--targets', 'light,dark', '--steps', '2', '-o', 'classes.png');
    expect(classes.result.pictures.map(({ label }: { label: string }) => label)).toEqual(['bright, light', 'dark']);
    await isPicture('classes.png');
    const neuron = await json('maximize', '--channels', '0', '--neuron', '3,5', '--steps', '2');
    expect(neuron.result.pictures).toEqual([expect.objectContaining({ channel: 0, neuron: [3, 5] })]);
  });

  test('ends at once when it is interrupted, and leaves no file', async () => {
    const before = filesIn(folder);
    const child = startCommand(folder, 'maximize', '--steps', '10000', '--channels', '0-3');
    const outcome = outcomeOf(child);
    await once(child.stderr!, 'data');
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    expect(await outcome).toMatchObject({ code: 130, stdout: '', stderr: expect.stringMatching(/Interrupted\.\n$/) });
    expect(filesIn(folder)).toEqual(before);
  });
});

test.each([
  [['features'], /PHOTO: expected at least one photo/],
  [['features', 'photo.png', '--channels', '3-1'], /--channels: expected numbers and ranges/],
  [['features', 'photo.png', '--channels', '0-9'], /channels: expected channels of '.*', 0 to 3, received 4/],
  [['features', 'photo.png', '--layer', 'nowhere'], /layer: expected the name of one layer/],
  [['features', 'photo.png', '--columns', '0'], /--columns: expected a whole number from 1 to 64/],
  [['features', 'photo.png', '--style', 'plain'], /--style: expected one of overlay, heatmap/],
  [
    ['features', 'photo.png', '--concepts', '2', '--reconstruct', '-o', 'a.png'],
    /--out: expected a folder, as 2 pictures/,
  ],
  [['features', 'photo.png', '--raw', '-o', 'a.png'], /--out: expected a folder, as --raw/],
  [
    ['features', 'photo.png', '--concepts', '2', '--channels', '0-3'],
    /--channels: expected what reads it \(the grid of maps, --reconstruct\), received --concepts\. Leave the option out/,
  ],
  [['features', 'photo.png', '--reconstruct', '--style', 'overlay'], /--style: expected what reads it \(the grid/],
  [['features', 'photo.png', '--from', 'map'], /--from: expected what reads it \(--reconstruct\), received the grid/],
  [['features', 'photo.png', '--reconstruct', '--seed', '1'], /--seed: expected what reads it \(--concepts\)/],
  [['maximize', '--targets', 'cat'], /target: expected the name or index of one class/],
  [['maximize', '--targets', '0', '--channels', '0'], /--targets: expected classes alone/],
  [['maximize', '--neuron', '1'], /--neuron: expected a row and a column/],
  [['maximize', '--steps', '0'], /steps: expected a whole number/],
])('%j is refused in one sentence', async (args, sentence) => {
  expectRefusal(await command(folder, ...args, '-m', 'toy'), 2, sentence);
});
