/** How the process ends: by itself when the work is done, and cleanly when it is interrupted. */
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { command, filesIn, outcomeOf, repository, script, startCommand, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const photo = join(repository, 'examples/chelsea.png');

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('ends a long run within seconds, says so in one line, and leaves no file', async () => {
    const before = filesIn(folder);
    const child = startCommand(folder, 'compare', '--methods', 'lime,occlusion', '--samples', '100000', photo);
    const outcome = outcomeOf(child);
    // The line that the default model knows only cat and dog: the work is about to begin.
    await once(child.stderr!, 'data');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const asked = performance.now();
    child.kill(signal);
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('Interrupted.');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(filesIn(folder)).toEqual(before);
  });
});

test('interrupted while pictures are written, no further one is begun and each is whole', async () => {
  await sharp(join(folder, 'photo.png')).resize(3000).toFile(join(folder, 'large.png'));
  const child = startCommand(folder, 'compare', '-m', 'toy', '--methods', 'all', '--samples', '20', '-q', 'large.png');
  const outcome = outcomeOf(child);
  const pictures = () => filesIn(folder).filter((file) => file.startsWith('out/large') && file.endsWith('.png'));
  await vi.waitUntil(() => pictures().length > 0, { timeout: 30_000, interval: 20 });
  child.kill('SIGINT');
  expect(await outcome).toEqual({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
  const written = filesIn(join(folder, 'out')).filter((file) => !file.startsWith('photo.'));
  expect(written).toEqual(pictures().map((path) => path.slice('out/'.length)));
  expect(written.length).toBeLessThan(12);
  for (const file of written) {
    const { info } = await sharp(join(folder, 'out', file))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([3000, 2250]);
  }
});

test('a reader of stdout that has left is no failure', async () => {
  const child = startCommand(folder, 'explain', '-m', 'toy', '--json', '-q', '-o', 'unread', 'photo.png');
  child.stdout!.destroy();
  const errors = text(child.stderr!);
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(await errors).toBe('');
  expect(filesIn(join(folder, 'unread'))).toEqual(['photo.grad-cam.0-bright.png', 'photo.json']);
});

describe('the process ends by itself', () => {
  test.each([
    ['compare', ['compare', '-m', 'toy', '--samples', '20', '--steps', '4', '-q', 'photo.png']],
    ['explain', ['explain', '-m', 'toy', '-q', 'photo.png']],
    ['layers', ['layers', 'toy']],
  ])('after %s', async (_, args) => expect((await command(folder, ...args)).code).toBe(0));

  const work = `
    import { loadImage, loadModel, occlusion } from LIBRARY;
    const image = await loadImage('photo.png');
    const explain = async (model) => console.log((await occlusion(model, image)).shape.join());`;

  test.each([
    ['when the model was closed', "const model = await loadModel('toy'); await explain(model); await model.close();"],
    ['when nobody closed the model', "await explain(await loadModel('toy'));"],
    ['when the model was never used', "await loadModel('toy'); console.log('3,32,32');"],
    [
      'when the model was disposed of',
      "const model = await loadModel('toy'); await explain(model); await model[Symbol.asyncDispose]();",
    ],
  ])('%s', async (_, lines) =>
    expect(await script(folder, work + lines)).toEqual({ code: 0, stdout: '3,32,32\n', stderr: '' }),
  );
});
