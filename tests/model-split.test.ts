import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Open, openSplits, type ScoreRows, splitChooser } from '../dist/src/model-split.js';
import type { Split } from '../dist/src/workers/pool.js';

const cache = mkdtempSync(join(tmpdir(), 'cache-'));
const folder = join(cache, 'onnx-explain', 'split');
const usual = { workers: 2, threads: 1, batch: 2 };
const splits = openSplits(usual, { batch: true, cores: true });
const subject = { sha256: 'abc', provider: undefined, splits };
const best = { workers: 1, threads: 2, batch: 4 };
const scored: string[] = [];

/** One worker with two threads and a batch of 4 is the fastest. The score of a row is its number. */
const score: ScoreRows = async (split, { from, to, besides }) => {
  scored.push(`${nameOf(split)}: ${besides ? 'besides ' : ''}${from}–${to}`);
  const share = nameOf(split) === nameOf(best) ? 5 : 40;
  return { values: numbers(from, to), milliseconds: share * split.workers };
};
const numbers = (from: number, to: number) => Float64Array.from({ length: to - from }, (_, at) => from + at);
const nameOf = ({ workers, threads, batch }: Split) => `${workers} × ${threads}, ${batch}`;

beforeEach(() => vi.stubEnv('XDG_CACHE_HOME', cache));
afterEach(() => {
  vi.unstubAllEnvs();
  scored.length = 0;
  rmSync(cache, { recursive: true, force: true });
});

test('splits are those that the user and the model leave open, the usual one first', () => {
  const of = (open: Open, from: Split = usual) => openSplits(from, open).map(nameOf);
  const batches = [2, 1, 4, 8];
  const all = [...batches.map((batch) => `2 × 1, ${batch}`), ...batches.map((batch) => `1 × 2, ${batch}`)];
  expect(of({ batch: true, cores: true })).toEqual(all);
  const fours = ['2 × 1, 4', '2 × 1, 1', '2 × 1, 2', '2 × 1, 8'];
  expect(of({ batch: true, cores: false }, { ...usual, batch: 4 })).toEqual(fours);
  const twelve = { workers: 12, threads: 1, batch: 64 };
  expect(of({ batch: false, cores: true }, twelve)).toEqual(['12 × 1, 64', '6 × 2, 64', '3 × 4, 64']);
  expect(of({ batch: false, cores: true }, { ...usual, workers: 3 })).toEqual(['3 × 1, 2']);
  expect(of({ batch: false, cores: false }, { ...usual, threads: 3 })).toEqual(['2 × 3, 2']);
});

test('one is found by rows that have to be scored, once enough were asked for, and kept for the next process', async () => {
  const scoreAll = splitChooser(subject);
  expect(await scoreAll(999, score)).toEqual(numbers(0, 999));
  expect(scored.splice(0)).toEqual(['2 × 1, 2: 0–999']);

  expect(await scoreAll(1000, score)).toEqual(numbers(0, 1000));
  const others = splits.slice(1).map(nameOf);
  expect(scored.splice(0)).toEqual([
    '2 × 1, 2: besides 0–16',
    '2 × 1, 2: 0–48',
    ...others.flatMap((name, at) => [`${name}: besides 0–16`, `${name}: ${48 * (at + 1)}–${48 * (at + 2)}`]),
    ...['2 × 1, 2: 384–432', '1 × 2, 4: 432–480', '2 × 1, 1: 480–528'],
    ...['2 × 1, 2: 528–576', '1 × 2, 4: 576–624', '2 × 1, 1: 624–672'],
    '1 × 2, 4: 672–1000',
  ]);

  await scoreAll(3, score);
  await splitChooser(subject)(16, score);
  await splitChooser({ ...subject, sha256: 'abd' })(16, score);
  await splitChooser({ ...subject, splits: splits.slice(0, 4) })(16, score);
  expect(scored).toEqual(['2 × 1, 4: 0–3', '1 × 2, 4: 0–16', '2 × 1, 2: 0–16', '2 × 1, 2: 0–16']);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('the search goes on from call to call, and in one of them at a time', async () => {
  const scoreAll = splitChooser(subject);
  await scoreAll(1000 - 100, score);
  scored.length = 0;
  const [one, other] = await Promise.all([scoreAll(100, score), scoreAll(100, score)]);
  expect([one, other]).toEqual([numbers(0, 100), numbers(0, 100)]);
  expect(scored.filter((line) => !line.includes('besides')).sort()).toEqual([
    '2 × 1, 1: 48–96',
    '2 × 1, 2: 0–100',
    '2 × 1, 2: 0–48',
    '2 × 1, 2: 96–100',
  ]);
  for (let call = 0; call < 6; call++) expect(await scoreAll(100, score)).toEqual(numbers(0, 100));
  scored.length = 0;
  await scoreAll(100, score);
  expect(scored).toEqual(['1 × 2, 4: 0–100']);
});

test('one that fails, or gives other scores, is not taken', async () => {
  const faulty: ScoreRows = async (split, rows) => {
    if (split.threads === 2 && split.batch === 2) throw new Error('out of memory');
    const { values, milliseconds } = await score(split, rows);
    if (nameOf(split) === nameOf(best)) values[3]! += 1e-9;
    return { values, milliseconds };
  };
  const scoreAll = splitChooser(subject);
  expect(await scoreAll(1000, faulty)).toEqual(numbers(0, 1000));
  expect(JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8'))).toEqual(usual);
});

test('a call that fails fails, and the next goes on where the search was', async () => {
  const scoreAll = splitChooser(subject);
  let runs = 0;
  const ended: ScoreRows = (...all) => (runs++ < 6 ? score(...all) : Promise.reject(new Error('ended')));
  await expect(scoreAll(1000, ended)).rejects.toThrow('ended');
  expect(await scoreAll(1000, score)).toEqual(numbers(0, 1000));
  scored.length = 0;
  await scoreAll(16, score);
  expect(scored).toEqual(['1 × 2, 4: 0–16']);
});

test('where nothing is open nothing is tried or kept', async () => {
  await splitChooser({ ...subject, splits: [usual] })(10_000, score);
  expect(scored).toEqual(['2 × 1, 2: 0–10000']);
});

test.each(['', '{', 'null', '[]', '{"batch":4}', '{"workers":1,"threads":2,"batch":3}'])(
  'a file with %j in it is ignored, and mended',
  async (text) => {
    await splitChooser(subject)(1000, score);
    const file = join(folder, readdirSync(folder)[0]!);
    writeFileSync(file, text);
    const scoreAll = splitChooser(subject);
    scored.length = 0;
    await scoreAll(16, score);
    expect(scored).toEqual(['2 × 1, 2: 0–16']);
    await scoreAll(1000, score);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(best);
  },
);

test('where nothing can be written the choice holds for the process', async () => {
  writeFileSync(`${cache}.file`, '');
  vi.stubEnv('XDG_CACHE_HOME', `${cache}.file`);
  const scoreAll = splitChooser(subject);
  await scoreAll(1000, score);
  scored.length = 0;
  await scoreAll(16, score);
  expect(scored).toEqual(['1 × 2, 4: 0–16']);
  rmSync(`${cache}.file`);
});
