/**
 * Rotary position embedding: pairs (u, v) of each head's elements are turned by an angle for the position and the pair,
 * u′ = u cos − v sin, v′ = u sin + v cos. A pair is made of neighbours (interleaved), or of one element of each half.
 */
import { numberAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import type { Node } from '../graph.ts';
import { type Decomposition, type Decompositions, ints, lengths, only } from './rule.ts';

/** Sines and cosines of the angles, [N, positions, pairs], or [1, positions, pairs]. */
interface Angles {
  readonly cos: string;
  readonly sin: string;
}

/** Of ONNX: the angles are given for each position of each sample, or for each number that a position may have. */
const OnnxRotaryEmbedding: Decomposition = (node, { b, shapeOf }) => {
  const [x = '', cos = '', sin = '', positions] = node.inputs;
  const layout = layoutOf(shapeOf(x)?.length, numberAttribute(node, 'num_heads', 0));
  if (!only(node, 4) || !layout) return undefined;
  const at = (cache: string) => (positions ? b.op('Gather', [cache, positions]) : cache);
  return [rotated(b, node, x, { cos: at(cos), sin: at(sin) }, layout)];
};

/** Of com.microsoft: positions [N, S], or the number [1] of the first one. */
const MicrosoftRotaryEmbedding: Decomposition = (node, { b, shapeOf }) => {
  const [x = '', positions = '', cos = '', sin = ''] = node.inputs;
  const [rank, pairs] = [shapeOf(x)?.length, shapeOf(cos)?.[1]];
  const width = shapeOf(x)?.at(-1);
  const whole = typeof width === 'number' && typeof pairs === 'number' ? width / (2 * pairs) : undefined;
  const layout = layoutOf(rank, numberAttribute(node, 'num_heads', 0) || whole);
  const known = shapeOf(positions)?.length;
  if (!only(node, 4) || !layout || !known || numberAttribute(node, 'scale', 1) !== 1) return undefined;
  const [axis, zero, one] = [rank === 4 ? 2 : 1, ints(b, 0), ints(b, 1)];
  const following = () => {
    const count = b.op('Squeeze', [lengths(b, x, axis, axis + 1)]);
    return b.op('Unsqueeze', [b.op('Add', [b.op('Range', [zero, count, one]), positions]), ints(b, [0])]);
  };
  const numbers = known === 1 ? following() : positions;
  return [rotated(b, node, x, { cos: b.op('Gather', [cos, numbers]), sin: b.op('Gather', [sin, numbers]) }, layout)];
};

/** Heads lie on an axis of their own, before that of the positions, or one after another on the last axis. */
type Layout = { readonly heads: number } | 'own axis';

const layoutOf = (rank: number | undefined, heads: number | undefined): Layout | undefined =>
  rank === 4 ? 'own axis' : rank === 3 && heads ? { heads } : undefined;

function rotated(b: Builder, node: Node, x: string, { cos, sin }: Angles, layout: Layout): string {
  const exchanged = (value: string) => b.op('Transpose', [value], { perm: [0, 2, 1, 3] });
  const perHead = layout === 'own axis' ? exchanged(x) : b.op('Reshape', [x, ints(b, [0, 0, layout.heads, -1])]);
  const size = numberAttribute(node, 'rotary_embedding_dim', 0);
  const part = (from: number, to: number) => b.op('Slice', [perHead, ints(b, [from]), ints(b, [to]), ints(b, [3])]);
  const angles = { cos: b.op('Unsqueeze', [cos, ints(b, [2])]), sin: b.op('Unsqueeze', [sin, ints(b, [2])]) };
  const turned = turn(b, size ? part(0, size) : perHead, angles, numberAttribute(node, 'interleaved', 0) === 1);
  const whole = size ? b.op('Concat', [turned, part(size, Number.MAX_SAFE_INTEGER)], { axis: 3 }) : turned;
  return layout === 'own axis' ? exchanged(whole) : b.op('Reshape', [whole, ints(b, [0, 0, -1])]);
}

/** The elements [N, S, heads, 2 · pairs] as [N, S, heads, pairs, 2] or [N, S, heads, 2, pairs]. */
function turn(b: Builder, x: string, { cos, sin }: Angles, interleaved: boolean): string {
  const axis = interleaved ? 4 : 3;
  const pairs = b.op('Reshape', [x, ints(b, interleaved ? [0, 0, 0, -1, 2] : [0, 0, 0, 2, -1])]);
  const [u, v] = [0, 1].map((side) => b.op('Gather', [pairs, ints(b, side)], { axis })) as [string, string];
  const product = (value: string, angle: string) => b.op('Mul', [value, angle]);
  const first = b.op('Sub', [product(u, cos), product(v, sin)]);
  const second = b.op('Add', [product(u, sin), product(v, cos)]);
  const both = [first, second].map((value) => b.op('Unsqueeze', [value, ints(b, [axis])]));
  return b.op('Reshape', [b.op('Concat', both, { axis }), ints(b, [0, 0, 0, -1])]);
}

export const rotary: Decompositions = { RotaryEmbedding: OnnxRotaryEmbedding };
export const microsoftRotary: Decompositions = { RotaryEmbedding: MicrosoftRotaryEmbedding };
