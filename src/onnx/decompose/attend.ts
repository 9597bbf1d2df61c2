/** Y = softmax(Q Kᵀ · scale + masks) V for each head, where Q, K, V and Y are [N, heads, positions, size]. */
import type { Builder } from '../builder.ts';
import { constantOf } from '../constants.ts';
import { ints, lengths } from './rule.ts';

export interface Heads {
  readonly query: string;
  readonly key: string;
  readonly value: string;
}

export interface Attending {
  readonly scale: number;
  /** What is added to the scores, of a shape that broadcasts to theirs. */
  readonly masks: readonly string[];
  /** Whether no position looks at a later one. */
  readonly causal: boolean;
  /** Scores are kept within ± softcap by softcap · tanh(score / softcap); 0 for not at all. */
  readonly softcap: number;
}

/** The lowest number of float32: for scores that count for nothing. */
export const LOWEST = -3.4028234663852886e38;

export function attend(b: Builder, { query, key, value }: Heads, options: Attending): string {
  const { scale, masks, causal, softcap } = options;
  const scaled = b.op('Mul', [query, b.constant('float32', scale)]);
  const scores = b.op('MatMul', [scaled, b.op('Transpose', [key], { perm: [0, 1, 3, 2] })]);
  const all = causal ? [...masks, laterPositions(b, scores)] : masks;
  const masked = all.reduce((sum, mask) => b.op('Add', [sum, mask]), softcap ? capped(b, scores, softcap) : scores);
  return b.op('MatMul', [b.op('Softmax', [masked], { axis: -1 }), value]);
}

function capped(b: Builder, scores: string, softcap: number): string {
  const cap = b.constant('float32', softcap);
  return b.op('Mul', [b.op('Tanh', [b.op('Div', [scores, cap])]), cap]);
}

/** The lowest number above the diagonal, 0 elsewhere. */
function laterPositions(b: Builder, scores: string): string {
  const value = constantOf('float32', [LOWEST], [1]);
  return b.op('Trilu', [b.op('ConstantOfShape', [lengths(b, scores, 2)], { value }), ints(b, 1)], { upper: 1 });
}

/** [N, positions, heads · size] → [N, heads, positions, size] */
export const split = (b: Builder, rows: string, heads: number): string =>
  b.op('Transpose', [b.op('Reshape', [rows, ints(b, [0, 0, heads, -1])])], { perm: [0, 2, 1, 3] });

/** [N, heads, positions, size] → [N, positions, heads · size] */
export const joined = (b: Builder, perHead: string): string =>
  b.op('Reshape', [b.op('Transpose', [perHead], { perm: [0, 2, 1, 3] }), ints(b, [0, 0, -1])]);
