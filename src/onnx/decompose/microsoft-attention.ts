/** Attention as ONNX Runtime's optimiser fuses it, without a cache of earlier keys and values. */
import { numberAttribute, numbersAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import { numberOfType } from '../element-type.ts';
import type { Node } from '../graph.ts';
import { type Attending, attend, type Heads, joined, split } from './attend.ts';
import { dequantized, plus } from './operands.ts';
import { type Decomposition, type Decompositions, ints, lengths, only, type Surroundings } from './rule.ts';

const [BOOL, INT32] = [numberOfType('bool'), numberOfType('int32')];

interface Packed {
  readonly x: string;
  readonly weights: string;
  readonly bias: string;
  readonly mask: string;
  readonly added: string;
}

const Attention: Decomposition = (node, around) => {
  const [x = '', weights = '', bias = '', mask = '', past = '', added = ''] = node.inputs;
  const rotates = numberAttribute(node, 'do_rotary', 0) === 1;
  const columns = around.shapeOf(weights)?.[1];
  if (past || rotates || !only(node, 6) || typeof columns !== 'number') return undefined;
  return packedAttention(node, around, { x, weights, bias, mask, added }, columns);
};

const QAttention: Decomposition = (node, around) => {
  const { b, shapeOf } = around;
  const [x = '', weights = '', bias = '', scale = '', weightScale = '', mask = '', zero, weightZero] = node.inputs;
  const columns = shapeOf(weights)?.[1];
  if (!only(node, 8) || typeof columns !== 'number') return undefined;
  const operands = {
    x: dequantized(b, [x, scale, zero]),
    weights: dequantized(b, [weights, weightScale, weightZero], 1),
    bias,
    mask,
    added: '',
  };
  return packedAttention(node, around, operands, columns);
};

/** Q, K and V are one product x W + bias, whose columns `qkv_hidden_sizes` shares out. */
function packedAttention(node: Node, around: Surroundings, operands: Packed, columns: number) {
  const { b } = around;
  const { x, weights, bias, mask, added } = operands;
  const heads = numberAttribute(node, 'num_heads', 1);
  const sizes = numbersAttribute(node, 'qkv_hidden_sizes', [columns / 3, columns / 3, columns / 3]);
  if (!sizes.every(Number.isInteger)) return undefined;
  const product = plus(b, b.op('MatMul', [x, weights]), bias);
  const parts = b.ops(3, 'Split', [product, ints(b, sizes)], { axis: 2 });
  const [query, key, value] = parts.map((rows) => split(b, rows, heads));
  return attention(node, around, { query: query!, key: key!, value: value! }, { mask, added, size: sizes[0]! / heads });
}

/** Keys and values are [N, positions, heads · size], as the queries are, or [N, heads, positions, size] already. */
const MultiHeadAttention: Decomposition = (node, around) => {
  const { b, shapeOf } = around;
  const [Q = '', K = '', V = '', bias = '', mask = '', added = ''] = node.inputs;
  const heads = numberAttribute(node, 'num_heads', 1);
  const [ranks, width] = [[Q, K, V].map((value) => shapeOf(value)?.length), shapeOf(Q)?.at(-1)];
  const inHeads = String(ranks) === '3,4,4';
  if (!(inHeads ? !bias : String(ranks) === '3,3,3') || !only(node, 6) || typeof width !== 'number') return undefined;
  const total = shapeOf(bias)?.[0];
  const sizes = [width, width, typeof total === 'number' ? total - 2 * width : width];
  const biases = bias ? b.ops(3, 'Split', [bias, ints(b, sizes)], { axis: 0 }) : [];
  const perHead = (rows: string, at: number) => split(b, plus(b, rows, biases[at]), heads);
  const [query, key, value] = [perHead(Q, 0), inHeads ? K : perHead(K, 1), inHeads ? V : perHead(V, 2)];
  return attention(node, around, { query, key, value }, { mask, added, size: width / heads });
};

interface Scoring {
  readonly mask: string;
  readonly added: string;
  readonly size: number;
}

function attention(node: Node, around: Surroundings, heads: Heads, { mask, added, size }: Scoring) {
  const { b } = around;
  const ofKeys = mask && maskOf(node, mask, heads.key, around);
  if (ofKeys === undefined) return undefined;
  const attending: Attending = {
    scale: numberAttribute(node, 'scale', 0) || 1 / Math.sqrt(size),
    masks: [ofKeys, added].filter(Boolean),
    causal: numberAttribute(node, 'unidirectional', 0) === 1,
    softcap: 0,
  };
  return [joined(b, attend(b, heads, attending))];
}

/** Where a key does not count, `mask_filter_value`, else 0: [N] says how many keys count, [N, T] and [N, S, T] say which. */
function maskOf(node: Node, mask: string, key: string, { b, shapeOf }: Surroundings): string | undefined {
  const shape = shapeOf(mask);
  const batch = shapeOf(node.inputs[0]!)?.[0];
  const axes = { 1: [1, 2, 3], 2: [1, 2], 3: [1] }[shape?.length ?? 0];
  if (!axes || (shape!.length === 1 && shape![0] !== batch)) return undefined;
  const laid = b.op('Unsqueeze', [mask, ints(b, axes)]);
  const counts = shape!.length === 1 ? b.op('Less', [positions(b, key), laid]) : b.op('Cast', [laid], { to: BOOL });
  const filter = numberAttribute(node, 'mask_filter_value', -10000);
  return b.op('Where', [counts, b.constant('float32', 0), b.constant('float32', filter)]);
}

/** 0, 1, … for the keys [N, heads, T, size]. */
function positions(b: Builder, key: string): string {
  const limit = b.op('Squeeze', [lengths(b, key, 2, 3)]);
  return b.op('Cast', [b.op('Range', [ints(b, 0), limit, ints(b, 1)])], { to: INT32 });
}

export const microsoftAttentions: Decompositions = { Attention, MultiHeadAttention, QAttention };
