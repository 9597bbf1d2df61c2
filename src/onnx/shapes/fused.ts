/** Operators that stand for several. */
import { numberAttribute, numbersAttribute } from '../attributes.ts';
import { multiply } from '../dimension.ts';
import type { Dimension } from '../graph.ts';
import { linear } from './linear.ts';
import { type Known, type ShapeRule, type ShapeRules, unknownLength } from './rule.ts';
import { window } from './window.ts';

const same: ShapeRule = (_, [x]) => x && { type: x.type, shape: x.shape };

/** [N, S, heads · size] */
const ofTokens = (x: Known | undefined, last: Dimension | undefined): Known | undefined =>
  x?.shape && last !== undefined ? { type: 'float32', shape: x.shape.with(-1, last) } : undefined;

/** The weights' columns are those of Q, K and V. */
const packedAttention: ShapeRule = (node, [x, weights]) => {
  const columns = weights?.shape?.[1];
  const even = typeof columns === 'number' ? columns / 3 : undefined;
  return ofTokens(x, numbersAttribute(node, 'qkv_hidden_sizes', undefined)?.[2] ?? even);
};

const MultiHeadAttention: ShapeRule = (_, [query, , value]) => {
  const lengths = value?.shape;
  return ofTokens(query, lengths?.length === 4 ? multiply([lengths[1]!, lengths[3]!]) : lengths?.at(-1));
};

/** Heads lie on an axis of their own; or one after another, and those of the values may serve several of the queries'. */
const Attention: ShapeRule = (node, [query, , value]) => {
  const last = value?.shape?.at(-1);
  const times = numberAttribute(node, 'q_num_heads', 1) / numberAttribute(node, 'kv_num_heads', 1);
  return ofTokens(query, typeof last === 'number' ? last * times : last);
};

/** The axes as `transA`, `transBatchA` and their like say. */
const FusedMatMul: ShapeRule = (node, operands) => {
  const laid = operands.map((operand, at): Known | undefined => {
    const shape = operand?.shape;
    if (!shape || shape.length < 2) return operand;
    const says = (name: string) => numberAttribute(node, `${name}${'AB'[at]}`, 0) === 1;
    const [first, last] = [shape[0]!, shape.at(-1)!];
    const inner = says('transBatch') ? [...shape.slice(1, -1), first, last] : shape;
    return { ...operand, shape: says('trans') ? [...inner.slice(0, -2), last, inner.at(-2)!] : inner };
  });
  return linear.MatMul!(node, laid);
};

const MatMulNBits: ShapeRule = (node, [x]) =>
  x?.shape && {
    type: x.type,
    shape: x.shape.with(-1, numberAttribute(node, 'N', undefined) ?? unknownLength(node, x.shape.length - 1)),
  };

/** The fourth output is the sum that is normalised; the statistics before it are used in training only. */
const skipping: ShapeRule = (node, inputs) => {
  const like = same(node, inputs) as Known | undefined;
  return [like, undefined, undefined, like];
};

export const fused: ShapeRules = { Attention, RotaryEmbedding: same };

export const microsoftFused: ShapeRules = {
  Attention: packedAttention,
  QAttention: packedAttention,
  MultiHeadAttention,
  RotaryEmbedding: same,
  FusedConv: window.Conv!,
  FusedGemm: linear.Gemm!,
  FusedMatMul,
  MatMulNBits,
  SkipLayerNormalization: skipping,
  SkipSimplifiedLayerNormalization: skipping,
};
