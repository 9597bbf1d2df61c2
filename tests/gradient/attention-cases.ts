/** Cases of attention in its forms, and of what stands around it. */
import { type Builder, float } from '../../dist/src/onnx/builder.js';
import { type Attributes, ints, mixed, type Options, own, plain, type RuleCase, weights } from './rule-case.ts';

const X = [2, 3, 8];
const onnx = (variant: string, shapes: RuleCase['shapes'], attributes: Attributes, opset = 23) =>
  plain('Attention', variant, shapes, attributes, { opset });
const masked = (variant: string, mask: (b: Builder) => string, attributes: Attributes = {}) =>
  mixed(
    'Attention',
    variant,
    [
      [2, 4, 3, 8],
      [2, 4, 5, 8],
      [2, 4, 5, 6],
    ],
    (b) => [mask(b)],
    attributes,
    { opset: 23 },
  );
const bits = (b: Builder, shape: number[], type: 'bool' | 'int32', zeros: number[]) =>
  b.constant(
    type,
    Array.from({ length: shape.reduce((a, c) => a * c, 1) }, (_, at) => (zeros.includes(at) ? 0 : 1)),
    shape,
  );

const ATTENTION_23 = [
  onnx('heads one after another', [X, [2, 5, 8], [2, 5, 6]], { q_num_heads: 2, kv_num_heads: 2 }),
  onnx(
    'heads on their own axis',
    [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 6],
    ],
    { scale: float(0.3) },
  ),
  onnx(
    'fewer heads of keys',
    [
      [2, 3, 16],
      [2, 5, 8],
      [2, 5, 8],
    ],
    { q_num_heads: 4, kv_num_heads: 2 },
  ),
  onnx(
    'one head of keys',
    [
      [1, 4, 3, 4],
      [1, 1, 5, 4],
      [1, 1, 5, 4],
    ],
    {},
  ),
  onnx(
    'causal',
    [
      [2, 2, 4, 4],
      [2, 2, 4, 4],
      [2, 2, 4, 4],
    ],
    { is_causal: 1 },
  ),
  onnx(
    'causal, opset 24',
    [
      [2, 2, 4, 4],
      [2, 2, 4, 4],
      [2, 2, 4, 4],
    ],
    { is_causal: 1 },
    24,
  ),
  onnx(
    'causal, more keys',
    [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
    ],
    { is_causal: 1 },
  ),
  onnx(
    'softcap',
    [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
    ],
    { softcap: float(0.5), softmax_precision: 1 },
  ),
  masked('boolean mask', (b) => bits(b, [3, 5], 'bool', [0, 6, 7, 14])),
  masked('mask of each sample and head', (b) => weights(b, [2, 4, 3, 5])),
  masked('mask and softcap', (b) => weights(b, [2, 1, 3, 5]), { softcap: float(0.7) }),
  masked('mask and causal', (b) => weights(b, [1, 1, 3, 5]), { is_causal: 1 }),
];

const packed = (variant: string, more: (b: Builder) => string[], attributes: Attributes = {}, columns = 24) =>
  own('Attention', variant, [X], (b) => [weights(b, [8, columns]), weights(b, [columns], 5), ...more(b)], {
    num_heads: 2,
    ...attributes,
  });

const PACKED = [
  packed('plain', () => []),
  packed('values of another size', () => [], { qkv_hidden_sizes: [8, 8, 12] }, 28),
  packed('mask of keys', (b) => [bits(b, [2, 3], 'int32', [1, 5])]),
  packed('mask of keys for each query', (b) => [bits(b, [2, 3, 3], 'int32', [1, 5, 9])], {
    mask_filter_value: float(-100),
  }),
  packed('number of keys', (b) => [b.constant('int32', [2, 3])]),
  packed('bias of positions', (b) => ['', '', weights(b, [1, 2, 3, 3])], { scale: float(0.4) }),
  packed('bias and mask', (b) => [bits(b, [2, 3], 'int32', [2]), '', weights(b, [2, 2, 3, 3])]),
  packed('unidirectional', () => [], { unidirectional: 1 }),
  own('Attention', 'weights and bias from the picture', [X, [8, 24], [24]], () => [], { num_heads: 2 }),
];

const heads = (
  variant: string,
  shapes: RuleCase['shapes'],
  constants: (b: Builder) => string[] = () => [],
  attributes: Attributes = {},
) => own('MultiHeadAttention', variant, shapes, constants, { num_heads: 2, ...attributes });
const QKV = [X, [2, 5, 8], [2, 5, 6]];

const MULTI_HEAD = [
  heads('plain', QKV),
  heads('bias', QKV, (b) => [weights(b, [22])], { scale: float(0.3) }),
  heads('mask of keys', QKV, (b) => ['', bits(b, [2, 5], 'int32', [3, 4, 9])]),
  heads('number of keys', QKV, (b) => ['', b.constant('int32', [4, 2])]),
  heads('mask of keys for each query', [X, X, X], (b) => ['', bits(b, [2, 3, 3], 'int32', [0, 11])]),
  heads('bias of positions', QKV, (b) => ['', '', weights(b, [1, 2, 3, 5])]),
  heads('unidirectional', [X, X, X], undefined, { unidirectional: 1 }),
  heads('keys on their own axis', [X, [2, 2, 5, 4], [2, 2, 5, 4]]),
];

const POSITIONS = [0, 1, 2, 4, 1, 0];
const angles = (b: Builder, pairs: number) => [weights(b, [6, pairs]), weights(b, [6, pairs], 8)];
const turned = (variant: string, shape: number[], pairs: number, ids: number[] | number[][], attributes: Attributes) =>
  own(
    'RotaryEmbedding',
    variant,
    [shape],
    (b) => [
      Array.isArray(ids[0]) ? b.constant('int64', ids.flat() as number[], [2, 3]) : ints(b, ids as number[]),
      ...angles(b, pairs),
    ],
    attributes,
  );
const rotary = (
  variant: string,
  shape: number[],
  constants: (b: Builder) => string[],
  attributes: Attributes,
  options: Options = {},
) => mixed('RotaryEmbedding', variant, [shape], constants, attributes, { opset: 23, ...options });

const ROTARY = [
  turned('halves', X, 2, [POSITIONS], { num_heads: 2 }),
  turned('heads counted by the angles', X, 2, [POSITIONS], {}),
  turned('neighbours, from a position on', [2, 2, 3, 8], 4, [2], { interleaved: 1 }),
  turned('a part of each head', [2, 2, 3, 8], 2, [POSITIONS], { num_heads: 2, rotary_embedding_dim: 4 }),
  rotary('angles of each sample', X, (b) => [weights(b, [2, 3, 2]), weights(b, [2, 3, 2], 9)], { num_heads: 2 }),
  rotary('a table of angles', [2, 2, 3, 8], (b) => [...angles(b, 4), b.constant('int64', POSITIONS, [2, 3])], {}),
  rotary('neighbours in a part', [2, 2, 3, 8], (b) => [...angles(b, 2), b.constant('int64', POSITIONS, [2, 3])], {
    rotary_embedding_dim: 4,
    interleaved: 1,
  }),
];

export const ATTENTION_CASES: readonly RuleCase[] = [...ATTENTION_23, ...PACKED, ...MULTI_HEAD, ...ROTARY];
