/** Small classifiers of brightness, in every shape that a model file may have, and photos for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Builder } from '../../dist/src/onnx/builder.js';
import { writeModel } from '../../dist/src/onnx/write.js';
import { noise, toyGraph } from '../toy-model.ts';

export const SIDE = 32;

export interface ToyOptions {
  readonly layout?: 'nchw' | 'nhwc';
  readonly batch?: number | string;
  readonly side?: number;
  /** A second input, which is added to the picture. */
  readonly second?: boolean;
  /** Stands before the last layer. */
  readonly late?: (b: Builder, means: string) => string;
  readonly labels?: readonly string[];
}

/**
 * Conv → Relu → mean pool → Conv → Relu → mean → Gemm. All weights from the picture to class 0 (bright) are positive, so
 * that its logit grows with every pixel; class 1 (dark) is its opposite. Negative biases keep the ReLUs off where the
 * picture is dark, so that gradients have a place too.
 */
export function brightnessModel({ layout = 'nchw', batch = 'N', side = SIDE, second = false, late }: ToyOptions) {
  const shape = layout === 'nchw' ? [batch, 3, side, side] : [batch, side, side, 3];
  const weights = (b: Builder, dims: number[], seed: number) =>
    b.constant(
      'float32',
      Array.from(noise(dims, seed).data, (value) => 0.05 + 0.1 * Math.abs(value)),
      dims,
    );
  return toyGraph({
    inputs: { picture: shape, ...(second ? { other: shape } : {}) },
    outputs: ['scores'],
    outputShapes: [[batch, 2]],
    domains: { strange: 1, 'ai.onnx.ml': 1 },
    build(b) {
      const sum = second ? b.op('Add', ['picture', 'other']) : 'picture';
      const x = layout === 'nchw' ? sum : b.op('Transpose', [sum], { perm: [0, 3, 1, 2] });
      const bias = b.constant('float32', [-0.5, -0.5, -0.5, -0.5]);
      const padded = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
      const first = b.op('Relu', [b.op('Conv', [x, weights(b, [4, 3, 3, 3], 1), bias], padded)]);
      const pooled = b.op('AveragePool', [first], { kernel_shape: [2, 2], strides: [2, 2] });
      const last = b.op('Relu', [b.op('Conv', [pooled, weights(b, [4, 4, 3, 3], 2), bias], padded)]);
      const means = b.op('Flatten', [b.op('GlobalAveragePool', [last])], { axis: 1 });
      const classes = b.constant('float32', [3, 4, 5, 6, -3, -4, -5, -6], [2, 4]);
      return b.op('Gemm', [late ? late(b, means) : means, classes, b.constant('float32', [0.1, 0.2])], { transB: 1 });
    },
  });
}

/** Writes `name/model.onnx` with its preprocessing (shorter side, centre crop, pixels from 0 to 1) and labels. */
export function writeToy(folder: string, name: string, options: ToyOptions = {}): string {
  const { side = SIDE, labels = ['bright, light', 'dark'] } = options;
  const at = join(folder, name);
  mkdirSync(at);
  writeFileSync(join(at, 'model.onnx'), writeModel(brightnessModel(options)));
  const config = {
    size: { shortest_edge: side },
    crop_size: { height: side, width: side },
    do_center_crop: true,
    image_mean: [0, 0, 0],
    image_std: [1, 1, 1],
  };
  writeFileSync(join(at, 'preprocessor_config.json'), JSON.stringify(config));
  writeFileSync(join(at, 'config.json'), JSON.stringify({ id2label: Object.fromEntries(labels.entries()) }));
  return name;
}

/** A square with a texture on black, by its centre and side in pixels. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export const squareOn = (width: number, height: number, square: Square) => {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = Math.max(Math.abs(x + 0.5 - square.x), Math.abs(y + 0.5 - square.y)) < square.side / 2;
      if (inside) data.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { data, width, height, channels: 3 as const };
};

/** `photo.png`, 64 × 48: a bright square to the right of the centre. */
export async function writePhoto(folder: string, name = 'photo.png'): Promise<string> {
  const { data, ...raw } = squareOn(64, 48, { x: 40, y: 20, side: 12 });
  await sharp(data, { raw }).toFile(join(folder, name));
  return name;
}
