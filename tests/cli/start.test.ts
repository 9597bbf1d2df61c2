/** What the command's starter keeps for the next start. Where Node has a cache of its own there is nothing to test. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { filesIn, isBundled, repository, workingFolder } from './command.ts';

const START = join(repository, 'dist/bundle/onnx-explain.cjs');
const cache = workingFolder();
const kept = join(cache, 'onnx-explain/code/layers');
const env = { ...process.env, XDG_CACHE_HOME: cache };
const layers = async (cacheHome = cache) => {
  const { stdout } = await promisify(execFile)(process.execPath, [START, 'layers', '--json', '-q'], {
    cwd: cache,
    env: { ...env, XDG_CACHE_HOME: cacheHome },
  });
  return JSON.parse(stdout);
};

describe.skipIf('enableCompileCache' in module || !isBundled)('compiled code', () => {
  test('is kept, and used by the next start', async () => {
    const first = await layers();
    expect(readdirSync(join(cache, 'onnx-explain/code'))).toEqual(['layers']);
    const written = readFileSync(kept);
    expect(written.length).toBeGreaterThan(100_000);
    expect(await layers()).toEqual(first);
    expect(readFileSync(kept).equals(written)).toBe(true);
  });

  test('is made again where it is damaged or of another build', async () => {
    const first = await layers();
    const written = readFileSync(kept);
    for (const bytes of [written.subarray(0, written.length / 2), Buffer.from('of something else'), Buffer.alloc(0)]) {
      writeFileSync(kept, bytes);
      expect(await layers()).toEqual(first);
      expect(readFileSync(kept).length).toBeGreaterThan(100_000);
    }
  });

  test('is not needed: nothing can be written where the cache should be', async () => {
    const file = join(cache, 'file');
    writeFileSync(file, '');
    expect(await layers(file)).toEqual(await layers());
    rmSync(file);
  });

  test('is not kept of what fails', async () => {
    const before = filesIn(cache);
    await expect(promisify(execFile)(process.execPath, [START, 'frobnicate'], { env })).rejects.toMatchObject({
      code: 2,
    });
    expect(filesIn(cache)).toEqual(before);
  });
});
