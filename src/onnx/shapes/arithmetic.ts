/**
 * Arithmetic on the elements of small tensors, as exporters write it to compute shapes: exact as ONNX Runtime computes it,
 * or the name of an unknown number. A length that is only a name is at least 0.
 */
import { numberAttribute } from '../attributes.ts';
import { divide, multiply } from '../dimension.ts';
import { type ElementType, elementTypeOf } from '../element-type.ts';
import type { Dimension, Node } from '../graph.ts';
import { broadcast, isLength, type Known, type ShapeRule, type ShapeRules, unknownNumber } from './rule.ts';

type Arithmetic = (a: Dimension, b: Dimension, type: ElementType) => Dimension | undefined;

/** Broadcasts, and computes the elements where they are known. */
const computing =
  (compute: Arithmetic, type?: 'bool'): ShapeRule =>
  (node, [a, b]) => {
    if (!a || !b) return undefined;
    const result = type ?? a.type;
    const content = zip(a, b)?.map(([x, y], at) => exact(result, compute(x, y, a.type)) ?? unknownNumber(node, at));
    return { type: result, shape: broadcast([a.shape, b.shape]), content };
  };

/** Pairs of elements of vectors and scalars. */
function zip(a: Known, b: Known): [Dimension, Dimension][] | undefined {
  if (!a.content || !b.content || (a.shape?.length ?? 2) > 1 || (b.shape?.length ?? 2) > 1) return undefined;
  const length = a.content.length === 1 ? b.content.length : a.content.length;
  if (b.content.length !== 1 && b.content.length !== length) return undefined;
  const at = (content: readonly Dimension[], index: number) => content[content.length === 1 ? 0 : index]!;
  return Array.from({ length }, (_, index) => [at(a.content!, index), at(b.content!, index)]);
}

const onNumbers =
  (compute: (a: number, b: number) => number | boolean): Arithmetic =>
  (a, b) =>
    typeof a === 'number' && typeof b === 'number' ? Number(compute(a, b)) : undefined;

/** The same, of any number of inputs. */
const ofMany =
  (compute: (a: number, b: number) => number): ShapeRule =>
  (node, inputs) =>
    inputs.slice(1).reduce<Known | undefined>((total, input) => {
      const result = computing(onNumbers(compute))(node, [total, input]);
      return result && 'type' in result ? result : undefined;
    }, inputs[0]);

/** Element by element; `keep` says which names stay as they are. */
const mapping =
  (compute: (value: number, type: ElementType) => number, keep: (name: string) => boolean = () => false): ShapeRule =>
  (node, [x]) =>
    x && { ...x, content: mapped(node, x, x.type, (value) => compute(value, x.type), keep) };

function mapped(
  node: Node,
  { content }: Known,
  type: ElementType,
  compute: (value: number) => number,
  keep: (name: string) => boolean,
): readonly Dimension[] | undefined {
  return content?.map((element, at) => {
    if (typeof element === 'number') return exact(type, compute(element)) ?? unknownNumber(node, at);
    return keep(element) ? element : unknownNumber(node, at);
  });
}

/** A number as its type holds it, where that is the same on every machine; names stay. */
function exact(type: ElementType, element: Dimension | undefined): Dimension | undefined {
  if (typeof element !== 'number') return element;
  switch (type) {
    case 'float64':
      return element;
    case 'float32':
      return Math.fround(element);
    case 'bool':
      return element === 0 ? 0 : 1;
    case 'int64':
      return Number.isSafeInteger(element) ? element : undefined;
    case 'int32':
      return (element | 0) === element ? element : undefined;
    case 'float16':
      return Number.isInteger(element) && Math.abs(element) <= 2 ** 11 ? element : undefined;
    default:
      return Number.isInteger(element) && element >= 0 && element < 128 ? element : undefined;
  }
}

const isFloat = (type: ElementType) => type.startsWith('float') || type === 'bfloat16';

const Mul: Arithmetic = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  return a === 1 || b === 1 || (isFactor(a) && isFactor(b)) ? multiply([a, b]) : undefined;
};

/** Integers are divided towards zero; lengths that are only names cancel. */
const Div: Arithmetic = (a, b, type) => {
  if (typeof a === 'number' && typeof b === 'number') return isFloat(type) ? a / b : Math.trunc(a / b);
  return isFactor(a) && isFactor(b) ? divide([a], [b]) : undefined;
};

const isFactor = (element: Dimension) =>
  isLength(element) && (typeof element === 'string' || Number.isInteger(element)) && element !== 0;

/** The remainder has the divisor's sign; with `fmod` that of the number that is divided. */
const Mod: ShapeRule = (node, inputs) => {
  const ofDividend = numberAttribute(node, 'fmod', 0) === 1;
  return computing(onNumbers((a, b) => (ofDividend ? a % b : ((a % b) + b) % b)))(node, inputs);
};

const Equal: Arithmetic = (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return Number(a === b);
  if (a === b) return 1;
  return [a, b].some((side) => typeof side === 'number' && side < 0) && [a, b].some(isLength) ? 0 : undefined;
};

const Where: ShapeRule = (node, [condition, a, b]) => {
  if (!condition || !a || !b) return undefined;
  const length = Math.max(...[condition, a, b].map(({ content }) => content?.length ?? 0));
  const at = ({ content }: Known, index: number) => content?.[content.length === 1 ? 0 : index];
  const known = [condition, a, b].every(({ content, shape }) => content && shape && shape.length < 2);
  const choose = (_: unknown, index: number) => {
    const test = at(condition, index);
    return (typeof test === 'number' ? at(test ? a : b, index) : undefined) ?? unknownNumber(node, index);
  };
  const content = known ? Array.from({ length }, choose) : undefined;
  return { type: a.type, shape: broadcast([condition.shape, a.shape, b.shape]), content };
};

/** Whole numbers are cut towards zero, and lengths stay what they are. */
function cast(node: Node, x: Known, type: ElementType): Known {
  const toWhole = (value: number) => (isFloat(type) || type === 'bool' ? value : Math.trunc(value));
  return { type, shape: x.shape, content: mapped(node, x, type, toWhole, type === 'bool' ? () => false : isLength) };
}

const Cast: ShapeRule = (node, [x]) => x && cast(node, x, elementTypeOf(numberAttribute(node, 'to', 1)));
const CastLike: ShapeRule = (node, [x, like]) => x && like && cast(node, x, like.type);

/** Whether an optional input is given: anything that reaches it here is a tensor. */
const OptionalHasElement: ShapeRule = (node) => ({ type: 'bool', shape: [], content: [node.inputs[0] ? 1 : 0] });

const comparing = (compare: (a: number, b: number) => boolean): ShapeRule => computing(onNumbers(compare), 'bool');

export const arithmetic: ShapeRules = {
  Add: computing(onNumbers((a, b) => a + b)),
  Sub: computing(onNumbers((a, b) => a - b)),
  Mul: computing(Mul),
  Div: computing(Div),
  Mod,
  Min: ofMany(Math.min),
  Max: ofMany(Math.max),
  Neg: mapping((value) => -value),
  Abs: mapping(Math.abs, isLength),
  Floor: mapping(Math.floor, isLength),
  Ceil: mapping(Math.ceil, isLength),
  Sqrt: mapping(Math.sqrt),
  Equal: computing(Equal, 'bool'),
  Greater: comparing((a, b) => a > b),
  GreaterOrEqual: comparing((a, b) => a >= b),
  Less: comparing((a, b) => a < b),
  LessOrEqual: comparing((a, b) => a <= b),
  And: comparing((a, b) => a !== 0 && b !== 0),
  Or: comparing((a, b) => a !== 0 || b !== 0),
  Xor: comparing((a, b) => a !== b),
  Not: mapping((value) => Number(value === 0)),
  Where,
  Cast,
  CastLike,
  OptionalHasElement,
};
