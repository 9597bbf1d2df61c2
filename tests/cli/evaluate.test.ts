/** `evaluate`: a line a picture, bad pictures, and a run that is killed, interrupted or torn and goes on. */
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { command, expectRefusal, outcomeOf, startCommand, workingFolder } from './command.ts';
import { squareOn, writeToy } from './toys.ts';

const folder = workingFolder();
const PICTURES = 8;
const bad = 'p3-bad.png';
const METHODS = ['--methods', 'grad-cam,occlusion:window=8:stride=8,saliency', '--metrics', 'deletion,insertion'];
const evaluation = (out: string, ...more: string[]) => [
  ...['evaluate', 'pictures', '-m', 'toy', ...METHODS, '--out', out],
  ...more,
];
const run = (out: string, ...more: string[]) => command(folder, ...evaluation(out, ...more));
const linesOf = (out: string) => readFileSync(join(folder, out), 'utf8').split('\n').slice(0, -1);
/** All but what a clock says. */
const rowsOf = (out: string) =>
  linesOf(out).map((line) => JSON.parse(line, (name, value) => (name === 'seconds' ? undefined : value)));

beforeAll(async () => {
  writeToy(folder, 'toy');
  mkdirSync(join(folder, 'pictures'));
  for (let at = 0; at < PICTURES; at++) {
    const { data, ...raw } = squareOn(64, 48, { x: 14 + 5 * at, y: 20, side: 12 });
    await sharp(data, { raw }).toFile(join(folder, `pictures/p${at}.png`));
  }
  writeFileSync(join(folder, 'pictures', bad), 'no picture');
  writeFileSync(join(folder, 'pictures/notes.txt'), 'no picture, and not called one');
  const { code, stderr } = await run('whole.jsonl', '-q');
  expect(code, stderr).toBe(0);
});

test('a head, then a line for each picture in order; a bad one says why', () => {
  const [head, ...rows] = rowsOf('whole.jsonl');
  expect(head).toMatchObject({ evaluation: 1, sha256: expect.stringMatching(/^[\da-f]{64}$/) });
  expect(head.settings.methods).toEqual([
    { name: 'grad-cam' },
    { name: 'occlusion', window: '8', stride: '8' },
    { name: 'saliency' },
  ]);
  const names = rows.map(({ image }) => image);
  expect(names).toEqual([
    'p0.png',
    'p1.png',
    'p2.png',
    bad,
    'p3.png',
    ...['p4', 'p5', 'p6', 'p7'].map((p) => `${p}.png`),
  ]);
  expect(rows[3]).toEqual({
    image: bad,
    error: { code: 'ERR_IMAGE', message: expect.stringMatching(/^photo pictures\/p3-bad\.png: expected a picture/) },
  });
  for (const { attributions, target } of rows.filter(({ error }) => !error)) {
    expect(attributions.map(({ method }: { method: string }) => method)).toEqual(['grad-cam', 'occlusion', 'saliency']);
    expect(target.probability).toBeGreaterThan(0.5);
    for (const { metrics } of attributions) {
      for (const { value, random } of Object.values<{ value: number; random: number }>(metrics)) {
        expect(value).toBeGreaterThan(0);
        expect(random).toBeGreaterThan(0);
      }
    }
  }
});

test('run again: nothing is done again, and the means are those of the lines', async () => {
  const before = linesOf('whole.jsonl');
  const { code, stdout, stderr } = await run('whole.jsonl', '--json');
  expect(code).toBe(0);
  expect(linesOf('whole.jsonl')).toEqual(before);
  expect(stderr).toMatch(/9 of 9 pictures are in whole\.jsonl already\./);
  expect(stderr).toMatch(/Deletion \(lower is better\)\n.*\n {2}grad-cam /);
  const result = JSON.parse(stdout);
  expect(result.pictures).toEqual({ asked: 9, measured: 8, skipped: 1 });
  const values = rowsOf('whole.jsonl').flatMap(({ attributions }) => attributions?.[1].metrics.deletion.value ?? []);
  const { mean, low, high, count } = result.methods[1].metrics.deletion;
  expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 8, 12);
  expect(count).toBe(8);
  expect(low).toBeLessThan(mean);
  expect(high).toBeGreaterThan(mean);
  const { width, height } = await sharp(join(folder, result.figure)).metadata();
  expect([result.figure, width! > 500, height! > 150]).toEqual(['whole.png', true, true]);
});

test('--limit: pictures spread over the folder, and only these count', async () => {
  const { stdout } = await run('few.jsonl', '--limit', '3', '-q', '--json');
  const images = rowsOf('few.jsonl').slice(1);
  expect(images.map(({ image }) => image)).toEqual(['p0.png', bad, 'p5.png']);
  expect(JSON.parse(stdout).pictures).toEqual({ asked: 3, measured: 2, skipped: 1 });
  const again = await run('whole.jsonl', '--limit', '3', '-q', '--json');
  expect(JSON.parse(again.stdout).pictures).toEqual({ asked: 3, measured: 2, skipped: 1 });
});

/** Starts an evaluation and waits until it has written some lines. */
async function begun(out: string, lines: number) {
  const child = startCommand(folder, ...evaluation(out, '-q'));
  const outcome = outcomeOf(child);
  const path = join(folder, out);
  await vi.waitUntil(() => existsSync(path) && linesOf(out).length >= lines, { timeout: 30_000, interval: 5 });
  return { child, outcome };
}

test('--boxes: its pictures, its classes, and where the objects are', async () => {
  // The squares of 12 pixels on 64 × 48: on p2 the box is the square, on p4 it lies elsewhere; p5 is bright and called dark.
  const boxOf = (x: number, y: number) => [x / 64, y / 48, 12 / 64, 12 / 48];
  const pairs = [
    { image: 'p2.png', imagenetIndex: 0, boxes: [boxOf(24, 20)] },
    { image: 'p4.png', imagenetIndex: 0, boxes: [boxOf(14, 40)] },
    { image: 'p5.png', imagenetIndex: 1, boxes: [boxOf(14, 40)] },
    { image: 'missing.png', imagenetIndex: 0, boxes: [boxOf(24, 20)] },
  ];
  writeFileSync(join(folder, 'boxes.json'), JSON.stringify({ note: 'by hand', pairs }));
  const args = ['evaluate', 'pictures', '-m', 'toy', '--boxes', 'boxes.json', '--methods', 'input-x-gradient'];
  const { stdout, stderr } = await command(folder, ...args, '-o', 'boxes.jsonl', '--json', '-q');
  expect(stderr).toBe('');
  const [, on, off, called, missing] = rowsOf('boxes.jsonl');
  expect(on.target.index).toBe(0);
  expect(called.target).toMatchObject({ index: 1, label: 'dark' });
  expect(on.attributions[0].metrics['pointing-game']).toMatchObject({ value: 1, centre: 1 });
  expect(on.attributions[0].metrics['energy-in-box'].value).toBeGreaterThan(0.95);
  expect(off.attributions[0].metrics['pointing-game']).toMatchObject({ value: 0, centre: 0 });
  expect(missing.error.message).toMatch(/missing\.png: expected a picture file/);
  const [method] = JSON.parse(stdout).methods;
  expect(method.metrics['pointing-game']).toMatchObject({ centre: 1 / 3, count: 3 });
});

test.each([
  ['no JSON', '{', /received no JSON/],
  [
    'a box that is none',
    { pairs: [{ image: 'a', imagenetIndex: 1, boxes: [[0.5, 0.5, 0, 0.1]] }] },
    /at pairs\.0\.boxes/,
  ],
  ['no pairs', { pairs: [] }, /something else at pairs/],
  [
    'a picture twice',
    { pairs: [1, 2].map((imagenetIndex) => ({ image: 'a', imagenetIndex, boxes: [[0.5, 0.5, 0.1, 0.1]] })) },
    /each picture once, received 'a' twice/,
  ],
])('boxes with %s are refused in one sentence', async (_, content, sentence) => {
  writeFileSync(join(folder, 'wrong.json'), typeof content === 'string' ? content : JSON.stringify(content));
  expectRefusal(await command(folder, 'evaluate', 'pictures', '-m', 'toy', '--boxes', 'wrong.json'), 2, sentence);
});

describe('goes on where it was, with the same numbers,', () => {
  test.each([2, 4])('killed after %i lines', async (lines) => {
    const out = `killed-${lines}.jsonl`;
    const { child, outcome } = await begun(out, lines);
    child.kill('SIGKILL');
    await outcome;
    const left = linesOf(out);
    expect(left.length).toBeLessThan(PICTURES + 2);
    const { code } = await run(out, '-q');
    expect(code).toBe(0);
    expect(linesOf(out).slice(0, left.length)).toEqual(left);
    expect(rowsOf(out)).toEqual(rowsOf('whole.jsonl'));
  });

  test('killed in the middle of a line', async () => {
    const { child, outcome } = await begun('torn.jsonl', 3);
    child.kill('SIGKILL');
    await outcome;
    const path = join(folder, 'torn.jsonl');
    const { length } = readFileSync(path);
    truncateSync(path, length - 20);
    expect((await run('torn.jsonl', '-q')).code).toBe(0);
    expect(rowsOf('torn.jsonl')).toEqual(rowsOf('whole.jsonl'));
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s: says so in one line and ends with 130', async (signal) => {
    const out = `${signal}.jsonl`;
    const { child, outcome } = await begun(out, 2);
    child.kill(signal);
    expect(await outcome).toEqual({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(readFileSync(join(folder, out), 'utf8')).toMatch(/\}\n$/);
    expect(existsSync(join(folder, `${signal}.png`)), 'no figure of a part').toBe(false);
    expect((await run(out, '-q')).code).toBe(0);
    expect(rowsOf(out)).toEqual(rowsOf('whole.jsonl'));
  });
});

describe('is refused in one sentence:', () => {
  test('other settings', async () => {
    const before = linesOf('whole.jsonl');
    const other = await run('whole.jsonl', '--seed', '3');
    expectRefusal(other, 2, /--out whole\.jsonl: expected the settings that it was begun with, received other options/);
    const methods = await run('whole.jsonl', '--metrics', 'deletion');
    expect(methods.code).toBe(2);
    expect(linesOf('whole.jsonl')).toEqual(before);
  });

  test('a file of something else', async () => {
    appendFileSync(join(folder, 'notes.jsonl'), 'my notes');
    expectRefusal(await run('notes.jsonl'), 2, /expected a new file or one that evaluate began/);
    expect(readFileSync(join(folder, 'notes.jsonl'), 'utf8')).toBe('my notes');
  });

  test.each([
    ['an ending', ['evaluate', 'pictures', '-m', 'toy', '--out', 'x.json'], /--out: expected a \.jsonl file/],
    [
      'no folder',
      ['evaluate', 'missing', '-m', 'toy'],
      /DIR: expected a folder with pictures, received 'missing', a path/,
    ],
    [
      'no pictures',
      ['evaluate', 'toy', '-m', 'toy'],
      /DIR: expected a folder with pictures \(\.jpg .*'toy' without any/,
    ],
    [
      'a limit of 0',
      ['evaluate', 'pictures', '-m', 'toy', '--limit', '0'],
      /--limit: expected a whole number of at least 1/,
    ],
    ['an unknown metric', ['evaluate', 'pictures', '-m', 'toy', '--metrics', 'x'], /metric: expected one of deletion/],
    ['an unknown method', ['evaluate', 'pictures', '-m', 'toy', '--methods', 'x'], /method: expected one of occlusion/],
    [
      'boxes without a file',
      ['evaluate', 'pictures', '-m', 'toy', '--boxes', 'x.json'],
      /--boxes x\.json: expected a JSON/,
    ],
  ])('%s', async (_, args, sentence) => expectRefusal(await command(folder, ...args), 2, sentence));

  test('pictures of which none is good', async () => {
    mkdirSync(join(folder, 'bad'));
    writeFileSync(join(folder, 'bad/x.png'), 'no picture');
    const outcome = await command(folder, 'evaluate', 'bad', '-m', 'toy', '-q', '-o', 'bad.jsonl');
    expectRefusal(outcome, 1, /None of 1 pictures could be measured; bad\.jsonl says why\./);
  });
});

test('a reader of stdout that has left is no failure', async () => {
  const child = startCommand(folder, ...evaluation('whole.jsonl', '--json', '-q'));
  child.stdout!.destroy();
  child.stderr!.resume();
  expect(await once(child, 'close')).toEqual([0, null]);
});
