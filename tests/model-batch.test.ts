import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { batchChooser } from '../dist/src/model-batch.js';

const cache = mkdtempSync(join(tmpdir(), 'cache-'));
const folder = join(cache, 'onnx-explain', 'batch');
const key = { sha256: 'abc', workers: 2, threads: 1, provider: undefined };
const attempts: [batch: number, rows: number][] = [];
/** A batch of 4 is the fastest. */
const attempt = async (batch: number, rows: number) => {
  attempts.push([batch, rows]);
  await sleep(batch === 4 ? 5 : 40);
  return Float64Array.of(rows);
};
beforeEach(() => vi.stubEnv('XDG_CACHE_HOME', cache));
afterEach(() => {
  vi.unstubAllEnvs();
  attempts.length = 0;
  rmSync(cache, { recursive: true, force: true });
});

test('a batch is chosen once enough was asked for, and kept for the next process', async () => {
  const choose = batchChooser(key, 2);
  expect(await choose(1999, attempt)).toBe(2);
  expect(attempts).toEqual([]);
  const [chosen, meanwhile] = await Promise.all([choose(500, attempt), choose(500, attempt)]);
  expect([chosen, meanwhile]).toEqual([4, 2]);
  const rounds = Array.from({ length: 4 }, () => [2, 4, 8]);
  expect(attempts).toEqual([2, ...rounds.flat()].map((batch) => [batch, 16]));
  expect(await choose(1, attempt)).toBe(4);

  expect(readdirSync(folder)).toHaveLength(1);
  expect(await batchChooser(key, 2)(1, attempt)).toBe(4);
  expect(await batchChooser({ ...key, sha256: 'abd' }, 2)(1, attempt)).toBe(2);
  expect(await batchChooser({ ...key, workers: 1 }, 2)(1, attempt)).toBe(2);
  expect(attempts).toHaveLength(13);
});

test.each(['', '{', 'null', '[]', '{"batch":3}', '{"batch":"4"}'])(
  'a file with %j in it is ignored, and mended',
  async (text) => {
    await batchChooser(key, 2)(2000, attempt);
    const file = join(folder, readdirSync(folder)[0]!);
    writeFileSync(file, text);
    const choose = batchChooser(key, 2);
    expect(await choose(1, attempt)).toBe(2);
    expect(await choose(2000, attempt)).toBe(4);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ batch: 4 });
  },
);

test('where nothing can be written the choice holds for the process', async () => {
  writeFileSync(`${cache}.file`, '');
  vi.stubEnv('XDG_CACHE_HOME', `${cache}.file`);
  const choose = batchChooser(key, 2);
  expect(await choose(2000, attempt)).toBe(4);
  expect(await choose(1, attempt)).toBe(4);
  rmSync(`${cache}.file`);
});

test('a failure is left to the call itself', async () => {
  expect(await batchChooser(key, 2)(2000, () => Promise.reject(new Error('broken')))).toBe(2);
});
