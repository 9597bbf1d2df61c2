/** The small network of tests/golden/inside, and what PyTorch and scikit-learn made of it. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import { type LoadOptions, loadModel, type Model } from '../../dist/src/model.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { readNpy } from '../npy.ts';
import { type ToyModel, toyGraph } from '../toy-model.ts';

const folder = new URL('../golden/inside/', import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'inside-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

export const golden = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8'));
export const draws: { channel: number; start: number[] }[] = JSON.parse(
  readFileSync(new URL('draws.json', folder), 'utf8'),
);
export const array = (name: string) => readNpy(new URL(`${name}.npy`, folder));
export const picture = () => {
  const { data, shape } = array('picture');
  return { tensor: { data: Float32Array.from(data), shape } };
};
/** The last rectified convolution. */
export const LAYER = '/9/Relu';

let count = 0;
export function loadNetwork(options: LoadOptions = {}): Promise<Model> {
  const path = join(scratch, `net-${count++}.onnx`);
  writeFileSync(path, gunzipSync(readFileSync(new URL('net.onnx.gz', folder))));
  return loadModel(path, { workers: 2, mean: [120, 110, 100], std: [60, 55, 50], ...options });
}

export function loadToy(toy: ToyModel, options: LoadOptions = {}): Promise<Model> {
  const path = join(scratch, `toy-${count++}.onnx`);
  writeFileSync(path, writeModel(toyGraph(toy)));
  return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
}
