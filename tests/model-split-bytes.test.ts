import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type LoadOptions, loadImage, loadModel, rise } from '../dist/src/index.js';
import { availableCores } from '../dist/src/workers/available-cores.js';

const cache = mkdtempSync(join(tmpdir(), 'split-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

/** As many as the search takes. */
const SAMPLES = 550 * availableCores();

/** The bytes of RISE's map of the default model, and what was said of the way there. */
async function mapOf(options: LoadOptions = {}) {
  const done: number[] = [];
  await using model = await loadModel(undefined, options);
  const photo = await loadImage('examples/chelsea.png');
  const { data } = await rise(model, photo, { samples: SAMPLES, onProgress: (progress) => done.push(progress.done) });
  return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength), done };
}

test('finding the fastest split changes no byte, and its progress goes up to the end', async () => {
  vi.stubEnv('XDG_CACHE_HOME', cache);
  const searching = await mapOf();
  const kept = () => readdirSync(join(cache, 'onnx-explain', 'split'));
  expect(kept()).toHaveLength(1);
  expect(searching.done).toEqual(searching.done.toSorted((one, other) => one - other));
  expect(searching.done.at(-1)).toBe(SAMPLES);
  const found = await mapOf();
  const fixed = await mapOf({ workers: 1, threads: 1, batch: 2 });
  expect(found.bytes.equals(searching.bytes)).toBe(true);
  expect(fixed.bytes.equals(searching.bytes)).toBe(true);
  expect(kept()).toHaveLength(1);
});
