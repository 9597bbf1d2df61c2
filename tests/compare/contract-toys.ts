/** Models that every method can explain: feature maps, their means, one linear layer. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadOptions, loadModel, type Model } from '../../dist/src/index.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

export const SIDE = 14;
const CHANNELS = 4;
const CLASSES = 3;

interface Weights {
  readonly kernel: ArrayLike<number>;
  readonly linear: ArrayLike<number>;
  readonly bias: readonly number[];
  /** What is done to the feature maps. Default: nothing. */
  readonly between?: (b: Builder, features: string) => string;
}

const kernelSize = CHANNELS * 3 * 3 * 3;
const random = {
  kernel: noise([kernelSize], 1).data,
  linear: noise([CHANNELS * CLASSES], 2).data,
  bias: [0.1, 0, 0.2],
};
const constant = { kernel: new Float32Array(kernelSize), linear: new Float32Array(12), bias: [1, 3, 2] };
/** The logarithm of how far the picture's mean lies above nearly 1: no number as soon as anything of an all-white picture is taken away. */
const brittle = {
  ...random,
  between: (b: Builder, features: string) => {
    const brightness = b.op('ReduceMean', ['picture', b.constant('int64', [1, 2, 3])], { keepdims: 1 });
    const above = b.op('Sub', [brightness, b.constant('float32', [0.9999])]);
    return b.op('Add', [features, b.op('Log', [above])]);
  },
};
const TOYS = { random, constant, brittle } satisfies { readonly [name: string]: Weights };

export async function loadToy(folder: string, name: keyof typeof TOYS, options: LoadOptions = {}): Promise<Model> {
  const { kernel, linear, bias, between = (_, features) => features }: Weights = TOYS[name];
  const graph = toyGraph({
    inputs: { picture: ['N', 3, SIDE, SIDE] },
    outputs: ['logits'],
    outputShapes: [['N', CLASSES]],
    build(b) {
      const filters = b.constant('float32', [...Array.from(kernel)], [CHANNELS, 3, 3, 3]);
      const features = b.op('Relu', [b.op('Conv', ['picture', filters], { kernel_shape: [3, 3] })]);
      const means = b.op('Flatten', [b.op('GlobalAveragePool', [between(b, features)])]);
      const weights = b.constant('float32', [...Array.from(linear)], [CHANNELS, CLASSES]);
      return b.op('Gemm', [means, weights, b.constant('float32', bias)]);
    },
  });
  const path = join(folder, `${name}.onnx`);
  // A file that a model has loaded must stay as it is.
  if (!existsSync(path)) writeFileSync(path, writeModel(graph));
  return loadModel(path, { workers: 1, labels: ['ant', 'bee', 'cow'], mean: [0, 0, 0], std: [1, 1, 1], ...options });
}
