/** Transformers of two blocks, as exporters write them: the names of the values that matter are noted while building. */
import type { Builder } from '../../dist/src/onnx/builder.js';
import type { Graph } from '../../dist/src/onnx/graph.js';
import { inferShapes } from '../../dist/src/onnx/infer-shapes.js';
import { noise, toyGraph } from '../toy-model.ts';

export const [HEIGHT, WIDTH] = [8, 12];
const [PATCH, CHANNELS, CLASSES] = [4, 6, 3];
const [ROWS, COLUMNS] = [HEIGHT / PATCH, WIDTH / PATCH];

export interface Transformer {
  readonly graph: Graph;
  /** Values by what they are: `norm1.0` is the first normalisation of the first block. */
  readonly names: { readonly [part: string]: string };
}

export interface TokenOptions {
  readonly norm?: 'fused' | 'written out' | 'none';
  /** What the classifier reads. */
  readonly pool?: 'class' | 'class and distillation' | 'mean';
  /** Where a token stands that is no cell. */
  readonly registers?: number;
  readonly batchSecond?: boolean;
  readonly batch?: number | string;
}

/** Tools that draw weights, no two the same. */
function weightsOf(b: Builder) {
  let seed = 20;
  const weights = (...shape: number[]) => b.constant('float32', [...noise(shape, seed++).data], shape);
  const linear = (x: string, inputs: number, outputs: number) =>
    b.op('Add', [b.op('MatMul', [x, weights(inputs, outputs)]), weights(outputs)]);
  return { weights, linear };
}
const ints = (b: Builder, ...values: number[]) => b.constant('int64', values);
const reshape = (b: Builder, x: string, ...shape: number[]) => b.op('Reshape', [x, ints(b, ...shape)]);
const transpose = (b: Builder, x: string, ...perm: number[]) => b.op('Transpose', [x], { perm });

function normalise(b: Builder, x: string, kind: TokenOptions['norm'] = 'fused'): string {
  const { weights } = weightsOf(b);
  if (kind === 'none') return x;
  if (kind === 'fused') return b.op('LayerNormalization', [x, weights(CHANNELS), weights(CHANNELS)], { axis: -1 });
  const mean = (value: string) => b.op('ReduceMean', [value, ints(b, -1)]);
  const centred = b.op('Sub', [x, mean(x)]);
  const variance = mean(b.op('Pow', [centred, b.constant('float32', 2)]));
  const deviation = b.op('Sqrt', [b.op('Add', [variance, b.constant('float32', 1e-5)])]);
  const scaled = b.op('Mul', [b.op('Div', [centred, deviation]), weights(CHANNELS)]);
  return b.op('Add', [scaled, weights(CHANNELS)]);
}

/** Attention of one head over the last axis but one. */
function attend(b: Builder, x: string, { linear }: ReturnType<typeof weightsOf>): string {
  const [query, key, value] = [0, 1, 2].map(() => linear(x, CHANNELS, CHANNELS));
  const scores = b.op('MatMul', [query!, transpose(b, key!, 0, 2, 1)]);
  return linear(b.op('MatMul', [b.op('Softmax', [scores], { axis: -1 }), value!]), CHANNELS, CHANNELS);
}

const patches = (b: Builder, { weights }: ReturnType<typeof weightsOf>) =>
  b.op('Conv', ['x', weights(CHANNELS, 3, PATCH, PATCH)], { strides: [PATCH, PATCH] });

/** x + attention(norm1(x)), then + mlp(norm2(x)), twice. */
function blocks(b: Builder, x: string, attention: (x: string, block: number) => string, norm: TokenOptions['norm']) {
  const { linear } = weightsOf(b);
  const names: Record<string, string> = {};
  let stream = x;
  for (const block of [0, 1]) {
    const first = (names[`norm1.${block}`] = normalise(b, stream, norm));
    stream = names[`attended.${block}`] = b.op('Add', [stream, attention(first, block)]);
    const second = (names[`norm2.${block}`] = normalise(b, stream, norm));
    const hidden = b.op('Tanh', [linear(second, CHANNELS, 2 * CHANNELS)]);
    stream = names[`block.${block}`] = b.op('Add', [stream, linear(hidden, 2 * CHANNELS, CHANNELS)]);
  }
  return { names, last: (names.norm = normalise(b, stream, norm)) };
}

/** A ViT: tokens [N, T, C]. */
export function tokenTransformer(options: TokenOptions = {}): Transformer {
  const { norm = 'fused', pool = 'class', registers = 0, batchSecond = false, batch = 'N' } = options;
  let names: Record<string, string> = {};
  const build = (b: Builder) => {
    const tools = weightsOf(b);
    const extra = (count: number) =>
      b.op('Expand', [
        tools.weights(1, count, CHANNELS),
        b.op('Concat', [b.op('Shape', ['x'], { start: 0, end: 1 }), ints(b, count, CHANNELS)], { axis: 0 }),
      ]);
    const cells = transpose(b, b.op('Reshape', [patches(b, tools), ints(b, 0, CHANNELS, -1)]), 0, 2, 1);
    const inFront = { class: 1, 'class and distillation': 2, mean: 0 }[pool];
    const parts = [...(inFront ? [extra(inFront)] : []), cells, ...(registers ? [extra(registers)] : [])];
    const tokens = parts.length > 1 ? b.op('Concat', parts, { axis: 1 }) : cells;
    const count = inFront + ROWS * COLUMNS + registers;
    const placed = b.op('Add', [tokens, tools.weights(1, count, CHANNELS)]);
    const swapped = (x: string) => (batchSecond ? transpose(b, x, 1, 0, 2) : x);
    const result = blocks(b, swapped(placed), (x) => swapped(attend(b, swapped(x), tools)), norm);
    names = { ...result.names, tokens };
    const last = swapped(result.last);
    const read = (at: number) => b.op('Gather', [last, b.constant('int64', at)], { axis: 1 });
    const head = (x: string) => tools.linear(x, CHANNELS, CLASSES);
    if (pool === 'mean') return head(b.op('ReduceMean', [last, ints(b, 1)], { keepdims: 0 }));
    return pool === 'class' ? head(read(0)) : b.op('Add', [head(read(0)), head(read(1))]);
  };
  const inputs = { x: [batch, 3, HEIGHT, WIDTH] };
  const graph = inferShapes(toyGraph({ inputs, build, outputs: ['logits'], outputShapes: [[batch, CLASSES]] }));
  return { graph, names };
}

/** A Swin: maps [N, h, w, C], attention in windows of 1 × 3 cells that the second block shifts by one. */
export function windowTransformer(norm: TokenOptions['norm'] = 'fused'): Transformer {
  let names: Record<string, string> = {};
  const build = (b: Builder) => {
    const tools = weightsOf(b);
    const cut = (x: string, from: number, to: number) =>
      b.op('Slice', [x, ints(b, from), ints(b, to), ints(b, 2), ints(b, 1)]);
    const roll = (x: string, by: number) => b.op('Concat', [cut(x, by, 2 ** 31), cut(x, 0, by)], { axis: 2 });
    const inWindows = (x: string) => {
      const windows = reshape(
        b,
        transpose(b, reshape(b, x, -1, ROWS, 1, 1, 3, CHANNELS), 0, 1, 3, 2, 4, 5),
        -1,
        3,
        CHANNELS,
      );
      const back = reshape(b, attend(b, windows, tools), -1, ROWS, 1, 1, 3, CHANNELS);
      return reshape(b, transpose(b, back, 0, 1, 3, 2, 4, 5), -1, ROWS, COLUMNS, CHANNELS);
    };
    const stage = transpose(b, patches(b, tools), 0, 2, 3, 1);
    const result = blocks(b, stage, (x, block) => (block ? roll(inWindows(roll(x, 1)), -1) : inWindows(x)), norm);
    names = { ...result.names, stage };
    const pooled = b.op('GlobalAveragePool', [transpose(b, result.last, 0, 3, 1, 2)]);
    return tools.linear(b.op('Flatten', [pooled]), CHANNELS, CLASSES);
  };
  const inputs = { x: ['N', 3, HEIGHT, WIDTH] };
  const graph = inferShapes(toyGraph({ inputs, build, outputs: ['logits'], outputShapes: [['N', CLASSES]] }));
  return { graph, names };
}
