/** Loads models of a few nodes for the tests of what goes back to the picture. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type LoadOptions, loadModel } from '../../dist/src/model.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

export const weights = (b: Builder, shape: readonly number[], seed: number) =>
  b.constant('float32', [...noise(shape, seed).data], shape);
/** Four logits, by weights that are no two alike. */
export const dense = (b: Builder, value: string, inputs: number, seed = 9) =>
  b.op('MatMul', [b.op('Flatten', [value]), weights(b, [inputs, 4], seed)]);
export const image = { tensor: noise([1, 3, 6, 6], 2) };
export const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** A loader of models whose picture is `x`, [N, 3, 6, 6] unless said otherwise; their files go when the tests end. */
export function toyLoader() {
  const folder = mkdtempSync(join(tmpdir(), 'relevance-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  return (build: (b: Builder) => string, more: LoadOptions & { readonly shape?: (number | string)[] } = {}) => {
    const path = join(folder, `${count++}.onnx`);
    const { shape = ['N', 3, 6, 6], ...options } = more;
    writeFileSync(path, writeModel(toyGraph({ inputs: { x: shape }, outputs: ['scores'], build })));
    return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
  };
}
