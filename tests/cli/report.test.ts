/** `compare --report`: where the page goes, and when there is none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { writtenCommand } from '../../dist/src/cli/report-file.js';
import { command, expectRefusal, filesIn, workingFolder } from './command.ts';
import { writePhoto, writeToy } from './toys.ts';

const folder = workingFolder();
const QUICK = ['-m', 'toy', '-q', '--methods', 'grad-cam,saliency'];

beforeAll(async () => {
  writeToy(folder, 'toy');
  await writePhoto(folder);
  await writePhoto(folder, 'other.png');
});

describe('--report', () => {
  test('writes one page, names it in the JSON, and says in it how to repeat the run', async () => {
    const args = [
      'compare',
      'photo.png',
      ...QUICK,
      '--json',
      '-o',
      'a b',
      '--report',
      'pages/photo.html',
      '--alpha',
      '0.3',
    ];
    const { code, stdout, stderr } = await command(folder, ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result.report).toBe('pages/photo.html');
    expect(filesIn(join(folder, 'pages'))).toEqual(['photo.html']);
    const page = readFileSync(join(folder, 'pages/photo.html'), 'utf8');
    expect(page).toContain(`<code>${['onnx-explain', ...args].join(' ').replace('a b', '&#39;a b&#39;')}</code>`);
    for (const text of [
      result.model.sha256,
      result.image.sha256,
      result.versions['onnxruntime-node'],
      'photo.png · toy',
    ]) {
      expect(page).toContain(text);
    }
    const { maps } = JSON.parse(/id="report-data">(.*?)<\/script>/.exec(page)![1]!);
    expect(maps.map(({ alpha }: { alpha: number }) => alpha)).toEqual([0.3, 0.3, 0.3, 0.3]);
  });

  test('a folder takes a page for each of several photos', async () => {
    const { code } = await command(folder, 'compare', 'photo.png', 'other.png', ...QUICK, '--report', 'reports');
    expect(code).toBe(0);
    expect(filesIn(join(folder, 'reports'))).toEqual(['other.report.html', 'photo.report.html']);
  });

  test('one page for several photos is refused before anything is done', async () => {
    const outcome = await command(
      folder,
      'compare',
      'photo.png',
      'other.png',
      ...QUICK,
      '-o',
      'none',
      '--report',
      'all.html',
    );
    expectRefusal(outcome, 2, /--report: expected a folder for 2 photos, received 'all.html'\./);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('so is a place that cannot be written', async () => {
    const outcome = await command(
      folder,
      'compare',
      'photo.png',
      ...QUICK,
      '-o',
      'none',
      '--report',
      'photo.png/page.html',
    );
    expectRefusal(outcome, 1, /--report: expected a folder, received 'photo.png', which is a file\./);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('explain has no report', async () => {
    const outcome = await command(folder, 'explain', 'photo.png', '-m', 'toy', '--report', 'page.html');
    expectRefusal(outcome, 2, /unknown option '--report'/);
  });
});

test('the command is written as a shell takes it', () => {
  expect(writtenCommand(['compare', "it's.png", '-t', 'a,b', '--targets', 'tiger cat', ''])).toBe(
    `onnx-explain compare 'it'\\''s.png' -t a,b --targets 'tiger cat' ''`,
  );
});
