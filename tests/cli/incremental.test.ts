/** Incremental occlusion on the command line: the default model on small windows. */
import { beforeAll, expect, test } from 'vitest';
import { command, workingFolder } from './command.ts';
import { writePhoto } from './toys.ts';

const folder = workingFolder();
beforeAll(() => writePhoto(folder));

const explain = (...args: string[]) =>
  command(folder, 'explain', 'photo.png', '--method', 'occlusion', '--window', '16', '--json', ...args);

test('is the default, and --exact-check says how far it lies from whole passes', async () => {
  const { code, stdout, stderr } = await explain('--exact-check');
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Incremental occlusion and whole passes differ by at most \d\.\de-\d of the scores' range\./);
  const [{ options, exactCheck }] = JSON.parse(stdout).attributions;
  expect(options.incremental).toBe(true);
  expect(exactCheck.maxError).toBeLessThan(1e-4 * exactCheck.scoreRange);
});

test('--no-incremental runs whole passes', async () => {
  const { code, stdout } = await explain('--no-incremental', '--quiet');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).attributions[0].options.incremental).toBe(false);
});

test('--no-incremental is said to have no effect on other methods', async () => {
  const { code, stderr } = await command(folder, 'explain', 'photo.png', '--method', 'grad-cam', '--no-incremental');
  expect(code).toBe(0);
  expect(stderr).toContain('no effect on grad-cam: --no-incremental.');
});
