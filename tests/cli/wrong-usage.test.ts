/** Wrong options, targets and layers: exit code 2, one sentence with what was expected, and no file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeNpy } from '../../dist/src/core/npy.js';
import { command, expectRefusal, filesIn, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const numbers = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b)), shape });

beforeAll(async () => {
  await writePhoto(folder);
  writeToy(folder, 'toy');
  writeToy(folder, 'twins', { labels: ['twin, one', 'twin, two'] });
  writeFileSync(join(folder, 'small.npy'), encodeNpy(numbers(1, 3, 5, 5)));
  writeFileSync(join(folder, 'labels.npy'), encodeNpy(numbers(5, 5)));
  writeFileSync(join(folder, 'file'), 'a file');
  writeFileSync(join(folder, 'text.json'), 'window: 16');
  writeFileSync(join(folder, 'wrong.json'), '{ "nonsense": 1, "samples": "many", "raw": "yes", "window": true }');
});

const refused = async (args: readonly string[], code: 1 | 2, sentence: RegExp) => {
  const before = filesIn(folder);
  expectRefusal(await command(folder, ...args), code, sentence);
  expect(filesIn(folder)).toEqual(before);
};

describe('options', () => {
  test.each([
    ['--window', '500', /window height: expected a whole number from 1 to 32, received 500/],
    ['--window', 'wide', /window: expected pixels as 16, or 24x12 for height × width, received 'wide'/],
    ['--stride', '30', /stride: expected at most the window, 5x5, received 30x30/],
    ['--samples', '1', /samples: expected a whole number from 2 to 1000000, received 1/],
    ['--segmentation', 'labels.npy', /segmentation: expected a label map \[32, 32\], .*, received \[5, 5\]/],
    [
      '--segmentation',
      'text.json',
      /expected slic, quickshift, grid, or a label map in a \.npy file, received 'text\.json'/,
    ],
    ['--window', '0', /window height: expected a whole number from 1 to 32, received 0/],
    ['--steps', '0', /steps: expected a whole number from 1 to \d+, received 0/],
    ['--layer', 'nonsense', /layer: expected the name of one layer, received 'nonsense'\. Did you mean/],
    ['--score', 'nonsense', /score: expected one of logit, probability, received 'nonsense'/],
    ['--method', 'nonsense', /method: expected one of occlusion, lime, .*, received 'nonsense'/],
    ['--method', 'lime:nonsense=1', /option of a method: expected one of score, .*, received 'nonsense'/],
    ['--batch', '0', /batch: expected a whole number from 1 to 64, received 0/],
    ['--workers', 'all', /--workers: expected a number, received 'all'/],
    ['--labels', 'missing.txt', /labels missing\.txt: expected a file with class names, received a path that does not/],
    ['--input', 'small.npy', /--input: expected a tensor instead of photos, received also photo\.png/],
    ['--style', 'overlay,nonsense', /--style: expected one of overlay, .*, received 'nonsense'/],
    ['--colormap', 'nonsense', /colormap: expected one of viridis, .*, received 'nonsense'/],
    ['--mask-features', '0', /--mask-features: expected a whole number of at least 1, received 0/],
    ['--save-samples', '0.5', /--save-samples: expected a whole number of at least 1, received 0\.5/],
    ['--attribution', 'map.npy', /--attribution: expected NAME=FILE\.npy or NAME@CLASS=FILE\.npy, received 'map\.npy'/],
    [
      '--attribution',
      'a=missing.npy',
      /--attribution a=missing\.npy: expected a \.npy file, received a path that does/,
    ],
    ['--attribution', 'a=text.json', /--attribution a=text\.json: expected a NumPy \.npy file/],
    [
      '--attribution',
      'a=small.npy',
      /attribution a: expected \[3, 32, 32\], \[32, 32\] or fewer cells \[h, w\], received/,
    ],
    ['--repeat', '0', /repeat: expected a whole number of at least 1, received 0/],
    ['--config', 'missing.json', /missing\.json: expected a JSON file, received a path that does not exist/],
    ['--config', 'text.json', /text\.json: expected a JSON object of options/],
    [
      '--memory',
      'much',
      /memory: expected at least 1 MiB, as a number of MiB or with a unit as in 2GiB, received 'much'/,
    ],
    ['--nonsense', 'x', /unknown option '--nonsense'/],
  ])('%s %s', (option, value, sentence) => refused(['compare', '-m', 'toy', 'photo.png', option, value], 2, sentence));

  test('a config file: every mistake is named', () =>
    refused(
      ['compare', '-m', 'toy', 'photo.png', '--config', 'wrong.json'],
      2,
      /wrong\.json: 'nonsense' is no option of compare; 'samples' takes a number; 'raw' takes true or false; 'window' takes a text or a number\./,
    ));

  test('both signs cannot be the only one', () =>
    refused(['explain', '-m', 'toy', 'photo.png', '--positive-only', '--negative-only'], 2, /at most one of the two/));

  test('no photo', () =>
    refused(['compare', '-m', 'toy'], 2, /expected at least one photo, or --input, received none/));

  test.each([
    ['--seconds', '0', /--seconds: expected a number of at least 0\.01, received 0/],
    ['--rounds', '0', /--rounds: expected a whole number of at least 1, received 0/],
  ])('bench %s %s', (option, value, sentence) => refused(['bench', '-m', 'toy', option, value], 2, sentence));

  test('an unknown command', () => refused(['nonsense', 'photo.png'], 2, /unknown command 'nonsense'/));

  test.each([
    ['small.npy', 1, /input tensor: expected the shape \[1, 3, 32, 32\], received \[1, 3, 5, 5\]/],
    ['missing.npy', 1, /--input missing\.npy: expected a \.npy file, received a path that does not exist/],
    ['photo.png', 2, /--input photo\.png: expected a NumPy \.npy file, received a file of another format/],
  ] as const)('--input %s', (file, code, sentence) =>
    refused(['compare', '-m', 'toy', '--input', file], code, sentence),
  );
});

describe('targets', () => {
  test.each([
    ['toy', 'brigt', /expected the name or index of one class, received 'brigt'\. Did you mean 0 'bright, light' or/],
    ['toy', '2', /target: expected a class from 0 to 1, received 2/],
    ['toy', '', /expected the name or index of one class, received ''/],
    ['twins', 'twin', /received 'twin', which 2 classes carry\. Did you mean 0 'twin, one' or 1 'twin, two'\?/],
  ])('of %s: %s', (model, target, sentence) =>
    refused(['explain', '-m', model, 'photo.png', '--target', target], 2, sentence),
  );
});

describe('an output that cannot be written', () => {
  test.each([
    ['file', /--out: expected a folder, received 'file', which is a file/],
    ['file/below', /--out: expected a folder that can be written, received file\/below/],
    ['file/one.png', /--out: expected a folder, received 'file', which is a file/],
  ])('%s', (out, sentence) => refused(['compare', '-m', 'toy', 'photo.png', '--out', out], 1, sentence));

  test('a folder where a file has to be: no draft is left', async () => {
    const args = ['explain', '-m', 'toy', 'photo.png', '--out', 'toy/folder.png'];
    mkdirSync(join(folder, 'toy/folder.png'));
    await refused(args, 1, /folder\.png cannot be written: .* Give another folder with --out\./);
  });
});
