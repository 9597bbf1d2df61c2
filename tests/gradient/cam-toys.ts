/** Models small enough to know their class activation maps. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CamOptions } from '../../dist/src/gradient/cam/class-activation.js';
import type { Differentiable } from '../../dist/src/gradient/differentiable.js';
import { type Attribution, type Explainer, type LoadOptions, loadModel, type Model } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

export type Cam = Explainer<Differentiable, CamOptions, Attribution>;
export type Load = (
  build: (b: Builder) => string,
  options?: LoadOptions,
  shape?: readonly (number | string)[],
) => Promise<Model>;

/** Loads models from a folder that is removed after the tests of the file. */
export function loader(): Load {
  const folder = mkdtempSync(join(tmpdir(), 'cams-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  return (build, options = {}, shape = ['N', 3, 8, 10]) => {
    const path = join(folder, `${count++}.onnx`);
    writeFileSync(path, writeModel(toyGraph({ inputs: { x: [...shape] }, outputs: ['scores'], build })));
    return loadModel(path, { workers: 1, mean: [0, 0, 0], std: [1, 1, 1], ...options });
  };
}

export const weights = (b: Builder, shape: number[], seed: number) =>
  b.constant('float32', [...noise(shape, seed).data], shape);
export const features = (b: Builder, x = 'x') =>
  b.op('Relu', [b.op('Conv', [x, weights(b, [6, 3, 3, 3], 3)], { strides: [2, 2], pads: [1, 1, 1, 1] })]);
export const image = { tensor: noise([1, 3, 8, 10], 2) };
export const [HEIGHT, WIDTH] = [4, 5] as const;
export const CELLS = HEIGHT * WIDTH;

/** Convolution, ReLU, the mean of each map, one linear layer. */
export const pooled = (b: Builder) => {
  const means = b.op('Flatten', [b.op('GlobalAveragePool', [features(b)])]);
  return b.op('Gemm', [means, weights(b, [3, 6], 4), b.constant('float32', [0.5, -1, 2])], { transB: 1 });
};
/** As that, but for a tanh between two linear layers on all cells. */
export const deep = (b: Builder) => {
  const hidden = b.op('Tanh', [b.op('MatMul', [b.op('Flatten', [features(b)]), weights(b, [6 * CELLS, 7], 5)])]);
  return b.op('MatMul', [hidden, weights(b, [7, 3], 6)]);
};
