/** What a node's outputs are, given what is known of its inputs: types, shapes, and the elements of small tensors. */
import { numbersOf } from './constants.ts';
import type { Constant, Dimension, Node } from './graph.ts';
import { elementwise, microsoft } from './shapes/elementwise.ts';
import { filling } from './shapes/filling.ts';
import { fused, microsoftFused } from './shapes/fused.ts';
import { linear } from './shapes/linear.ts';
import { movement } from './shapes/movement.ts';
import { microsoftQuantized, quantized } from './shapes/quantized.ts';
import { type Known, type ShapeRules, unknownLength, unknownNumber } from './shapes/rule.ts';
import { window } from './shapes/window.ts';

const RULES: { readonly [domain: string]: ShapeRules } = {
  '': { ...elementwise, ...window, ...linear, ...movement, ...filling, ...fused, ...quantized },
  'com.microsoft': { ...microsoft, ...microsoftFused, ...microsoftQuantized, GridSample: filling.GridSample! },
};

/** Longer tensors are weights or data; shorter ones may be shapes, axes or scales. */
const LONGEST_CONTENT = 64;
/** A product of more names than any model multiplies. */
const LONGEST_NAME = 256;

/** One entry for each output that can be told. Never throws. */
export function inferNode(node: Node, known: ReadonlyMap<string, Known>): readonly (Known | undefined)[] {
  const rules = RULES[node.domain];
  if (!rules || !Object.hasOwn(rules, node.op)) return [];
  const inputs = node.inputs.map((name) => known.get(name));
  try {
    const result = rules[node.op]!(node, inputs);
    const outputs = result === undefined || 'type' in result ? [result] : result;
    return outputs.map((output, at) => output && bounded(node, output, at));
  } catch (error) {
    if (error instanceof RangeError) return []; // an axis that its input does not have
    throw error;
  }
}

export function knownConstant(constant: Constant): Known {
  const { type, shape, data } = constant;
  const small = data instanceof Uint8Array && data.length <= 8 * LONGEST_CONTENT;
  return { type, shape, content: small ? numbersOf(constant) : undefined };
}

/**
 * Lists and products that a hostile file doubles with each node do not grow beyond use, and what a wrong axis or index
 * picked is nothing.
 */
function bounded(node: Node, { type, shape, content }: Known, at: number): Known {
  const lengths = isWhole(shape)
    ? shape.map((length, axis) => (fits(length) ? length : unknownLength(node, axis, at)))
    : undefined;
  if (!isWhole(content) || content.length > LONGEST_CONTENT) return { type, shape: lengths };
  return {
    type,
    shape: lengths,
    content: content.map((item, place) => (fits(item) ? item : unknownNumber(node, place))),
  };
}

const isWhole = (list: readonly Dimension[] | undefined): list is readonly Dimension[] =>
  list?.every((element) => element !== undefined) ?? false;

const fits = (length: Dimension) => typeof length === 'number' || length.length <= LONGEST_NAME;
