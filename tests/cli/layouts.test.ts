/** The same model with its channels last, or with a fixed batch, is explained the same way by every method. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readNpy } from '../npy.ts';
import { command, filesIn, workingFolder } from './command.ts';
import { METHODS } from './methods-of-every-kind.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const TWINS = {
  nchw: {},
  nhwc: { layout: 'nhwc' },
  'batch-of-1': { batch: 1 },
  'batch-of-4': { batch: 4 },
  'nhwc-batch-of-1': { layout: 'nhwc', batch: 1 },
} as const;

beforeAll(async () => {
  await writePhoto(folder);
  for (const [name, options] of Object.entries(TWINS)) {
    writeToy(folder, name, options);
    const args = ['--methods', METHODS.join(), '--samples', '64', '--steps', '4', '--targets', 'bright,dark'];
    const outcome = await command(
      folder,
      'explain',
      '-m',
      name,
      ...args,
      '--raw',
      '-q',
      '-o',
      join('out', name),
      'photo.png',
    );
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  }
});

const mapsOf = (name: string) => filesIn(join(folder, 'out', name)).filter((file) => file.endsWith('.npy'));

test.each(Object.keys(TWINS))('%s: every method explains both classes', (name) => {
  const pairs = METHODS.flatMap((method) => [`photo.${method}.0-bright.npy`, `photo.${method}.1-dark.npy`]);
  const segments = ['lime', 'kernel-shap'].map((method) => `photo.${method}.segments.npy`);
  // Too few samples for the regressions have no standard errors.
  const errors = ['0-bright', '1-dark'].map((target) => `photo.rise.${target}.standard-error.npy`);
  expect(mapsOf(name)).toEqual([...pairs, ...segments, ...errors].sort());
});

test.each(Object.keys(TWINS).slice(1))('%s: the maps of the NCHW twin', (name) => {
  for (const file of mapsOf(name)) {
    const [map, wanted] = [name, 'nchw'].map((of) => readNpy(join(folder, 'out', of, file)));
    expect(map!.shape, file).toEqual(wanted!.shape);
    const largest = Math.max(...wanted!.data.map(Math.abs));
    const difference = Math.max(...map!.data.map((value, at) => Math.abs(value - wanted!.data[at]!)));
    expect(difference, file).toBeLessThanOrEqual(1e-5 * largest);
  }
});
