/** ONNX's Attention, without a cache of earlier keys and values. */
import { numberAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import { attend, joined, LOWEST, split } from './attend.ts';
import { type Decomposition, type Decompositions, ints, only, type Surroundings } from './rule.ts';

/** More than any model has; a file that cannot be trusted may state any number. */
const MOST_HEADS = 4096;

const Attention: Decomposition = (node, around) => {
  const { b, shapeOf } = around;
  const [Q = '', K = '', V = '', mask = ''] = node.inputs;
  const packed = shapeOf(Q)?.length === 3;
  const [queryHeads, keyHeads] = packed
    ? [numberAttribute(node, 'q_num_heads', 0), numberAttribute(node, 'kv_num_heads', 0)]
    : [shapeOf(Q)?.[1], shapeOf(K)?.[1]];
  const width = shapeOf(Q)?.at(-1);
  if (!only(node, 4) || typeof queryHeads !== 'number' || typeof keyHeads !== 'number' || typeof width !== 'number')
    return undefined;
  if (!Number.isInteger(queryHeads / keyHeads) || queryHeads > MOST_HEADS) return undefined;
  const perHead = (value: string, heads: number) => (packed ? split(b, value, heads) : value);
  const [key, value] = [K, V].map((rows) => repeated(b, perHead(rows, keyHeads), queryHeads / keyHeads, keyHeads));
  const result = attend(
    b,
    { query: perHead(Q, queryHeads), key: key!, value: value! },
    {
      scale: numberAttribute(node, 'scale', 1 / Math.sqrt(packed ? width / queryHeads : width)),
      masks: mask ? [added(mask, around)] : [],
      causal: numberAttribute(node, 'is_causal', 0) === 1,
      softcap: numberAttribute(node, 'softcap', 0),
    },
  );
  return [packed ? joined(b, result) : result];
};

/** Each head of the keys (or values) serves `times` heads of the queries that follow one another. */
function repeated(b: Builder, value: string, times: number, heads: number): string {
  if (times === 1) return value;
  const owners = Array.from({ length: heads * times }, (_, head) => Math.floor(head / times));
  return b.op('Gather', [value, ints(b, owners)], { axis: 1 });
}

/** A boolean mask says which keys count. */
const added = (mask: string, { b, typeOf }: Surroundings): string =>
  typeOf(mask) === 'bool' ? b.op('Where', [mask, b.constant('float32', 0), b.constant('float32', LOWEST)]) : mask;

export const attentions: Decompositions = { Attention };
