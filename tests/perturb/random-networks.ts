/** Small random networks of all that reads its neighbours: whatever strides, borders, dilations and groups ONNX allows. */
import { random } from '../../dist/src/core/random.js';
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { noise, toyGraph } from '../toy-model.ts';

interface Features {
  readonly value: string;
  readonly channels: number;
}

/** Adds a layer. `draw(n)` is a whole number below n. */
type Layer = (b: Builder, features: Features, draw: (below: number) => number) => Features;

const array = (b: Builder, shape: readonly number[], seed: number, offset = 0) =>
  b.constant(
    'float32',
    Array.from(noise(shape, seed + 1).data, (value) => value + offset),
    shape,
  );

interface Convolution {
  readonly out: number;
  readonly kernel: readonly number[];
  readonly group?: number;
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
  readonly auto_pad?: string;
}

function convolve(
  b: Builder,
  { value, channels }: Features,
  seed: number,
  { out, kernel, ...attributes }: Convolution,
) {
  const weights = array(b, [out, channels / (attributes.group ?? 1), ...kernel], seed);
  return { value: b.op('Conv', [value, weights, array(b, [out], seed + 1)], { ...attributes }), channels: out };
}

const relu = (b: Builder, { value, channels }: Features) => ({ value: b.op('Relu', [value]), channels });

const conv: Layer = (b, features, draw) => {
  const pair = (most: number): [number, number] => [draw(most) + 1, draw(most) + 1];
  const [kernel, dilations, strides] = [pair(3), pair(2), pair(2)];
  const extents = kernel.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  const pads = [...extents, ...extents].map((extent) => draw(extent + 1));
  const group = features.channels % 2 === 0 ? draw(2) + 1 : 1;
  return convolve(b, features, draw(1000), { out: 4, kernel, dilations, strides, pads, group });
};

const autoPadded: Layer = (b, features, draw) => {
  const auto_pad = ['SAME_UPPER', 'SAME_LOWER', 'VALID'][draw(3)]!;
  const [kernel, strides] = [
    [draw(4) + 1, draw(4) + 1],
    [draw(2) + 1, draw(2) + 1],
  ];
  return convolve(b, features, draw(1000), { out: 3, kernel, strides, auto_pad });
};

const pool: Layer = (b, { value, channels }, draw) => {
  const op = ['MaxPool', 'AveragePool', 'LpPool'][draw(3)]!;
  const counting = op === 'AveragePool' ? { count_include_pad: draw(2) } : {};
  const rounding = op === 'LpPool' ? {} : { ceil_mode: draw(2) };
  const pads = [0, 0, 0, 0].map(() => draw(2));
  const strides = [draw(3) + 1, draw(3) + 1];
  return { value: b.op(op, [value], { kernel_shape: [3, 2], strides, pads, ...counting, ...rounding }), channels };
};

const pointwise: Layer = (b, { value, channels }, draw) => {
  const made = [
    () => b.op('Sigmoid', [value]),
    () => b.op('LRN', [value], { size: 3 }),
    () => b.op('Mul', [value, array(b, [channels, 1, 1], draw(1000))]),
    () => {
      const statistics = [draw(1000), draw(1000), draw(1000)].map((seed) => array(b, [channels], seed));
      return b.op('BatchNormalization', [value, ...statistics, array(b, [channels], draw(1000), 2)]);
    },
  ];
  return { value: made[draw(made.length)]!(), channels };
};

const padded: Layer = (b, { value, channels }, draw) => {
  const around = b.constant('int64', [0, 0, draw(3), draw(3), 0, 0, draw(3), draw(3)]);
  return { value: b.op('Pad', [value, around, b.constant('float32', draw(2) - 0.5)]), channels };
};

const residual: Layer = (b, features, draw) => {
  const { channels: out } = features;
  const strides = [draw(2) + 1, draw(2) + 1];
  const around = { kernel: [3, 3], pads: [1, 1, 1, 1], out };
  const first = relu(b, convolve(b, features, draw(1000), { ...around, strides }));
  const second = convolve(b, first, draw(1000), around);
  const isWhole = strides.every((stride) => stride === 1);
  const beside = isWhole ? features : convolve(b, features, draw(1000), { out, kernel: [1, 1], strides });
  return relu(b, { value: b.op('Add', [second.value, beside.value]), channels: out });
};

const branches: Layer = (b, features, draw) => {
  const strides = [draw(2) + 1, draw(2) + 1];
  const around = { kernel: [3, 3], pads: [1, 1, 1, 1], strides, out: 2 };
  const reduced = relu(b, convolve(b, features, draw(1000), { out: 2, kernel: [1, 1] }));
  const values = [
    convolve(b, features, draw(1000), { out: 2, kernel: [1, 1], strides }).value,
    convolve(b, features, draw(1000), around).value,
    convolve(b, reduced, draw(1000), around).value,
    b.op('MaxPool', [features.value], { kernel_shape: [3, 3], strides, pads: [1, 1, 1, 1] }),
  ];
  return { value: b.op('Concat', values, { axis: 1 }), channels: 6 + features.channels };
};

/** The channels taken apart and put together again, as torchvision's GoogLeNet does with those of the picture. */
const apart: Layer = (b, { value, channels }, draw) => {
  const axis = b.constant('int64', [1]);
  const picked = b.op('Gather', [value, b.constant('int64', draw(channels))], { axis: 1 });
  const scaled = b.op('Mul', [b.op('Unsqueeze', [picked, axis]), b.constant('float32', 0.5)]);
  const rest = b.op('Slice', [value, b.constant('int64', [1]), b.constant('int64', [channels]), axis]);
  const single = b.op('Unsqueeze', [b.op('Squeeze', [scaled, axis]), axis]);
  return { value: b.op('Concat', [single, rest], { axis: 1 }), channels };
};

/** Branches that have the same size only where that of the picture is even: a crop's must be, too. */
const halves: Layer = (b, features, draw) => {
  const half = { strides: [2, 2], out: features.channels };
  const values = [
    b.op('MaxPool', [features.value], { kernel_shape: [2, 2], strides: [2, 2] }),
    convolve(b, features, draw(1000), { ...half, kernel: [3, 3], pads: [1, 1, 1, 1] }).value,
    convolve(b, features, draw(1000), { ...half, kernel: [5, 5], pads: [2, 2, 2, 2] }).value,
  ];
  return { ...features, value: b.op('Sum', values) };
};

const LAYERS = { conv, autoPadded, pool, pointwise, padded, residual, branches, apart, halves };
export type LayerName = keyof typeof LAYERS;
/** Those that a picture of any size goes through. */
export const LAYER_NAMES = Object.keys(LAYERS).filter((name) => name !== 'halves') as LayerName[];

export interface Network {
  readonly layers: readonly LayerName[];
  readonly height: number;
  readonly width: number;
  readonly channelsLast: boolean;
  /** Whether the graph takes one picture only. */
  readonly single: boolean;
  readonly seed: number;
}

/** From a picture of 3 channels to 2 scores that depend on each cell of the last layer. */
export function networkOf({ layers, height, width, channelsLast, single, seed }: Network): Graph {
  const { integer } = random(seed);
  const batch = single ? 1 : 'N';
  return toyGraph({
    inputs: { picture: channelsLast ? [batch, height, width, 3] : [batch, 3, height, width] },
    outputs: ['logits'],
    build(b) {
      const first = channelsLast ? b.op('Transpose', ['picture'], { perm: [0, 3, 1, 2] }) : 'picture';
      const start: Features = { value: first, channels: 3 };
      const { value, channels } = layers.reduce((features, name) => LAYERS[name](b, features, integer), start);
      // Each cell of a channel counts otherwise, through a wave rather than a weight, as its number is not known here.
      const [down, across] = [waves(b, value, 2), waves(b, value, 3)];
      const weighed = b.op('Mul', [b.op('Mul', [value, down]), across]);
      const sums = b.op('ReduceMean', [weighed, b.constant('int64', [2, 3])], { keepdims: 0 });
      const rows = single ? b.op('Reshape', [sums, b.constant('int64', [1, channels])]) : sums;
      return b.op('MatMul', [rows, array(b, [channels, 2], integer(1000))]);
    },
  });
}

/** cos(0.7 i) for each place i along an axis, as large as the axis is. */
function waves(b: Builder, value: string, axis: 2 | 3): string {
  const length = b.op('Gather', [b.op('Shape', [value]), b.constant('int64', axis)]);
  const places = b.op('Range', [b.constant('int64', 0), length, b.constant('int64', 1)]);
  const wave = b.op('Cos', [b.op('Mul', [b.op('Cast', [places], { to: 1 }), b.constant('float32', 0.7)])]);
  return b.op('Unsqueeze', [wave, b.constant('int64', axis === 2 ? [0, 1, 3] : [0, 1, 2])]);
}
