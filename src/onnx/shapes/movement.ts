/** Operators that move elements about: what they do to a shape, and to a shape's own elements. */
import { numberAttribute, numbersAttribute } from '../attributes.ts';
import { divide, multiply } from '../dimension.ts';
import type { Dimension } from '../graph.ts';
import { rearrange } from './rearrange.ts';
import { axisOf, broadcast, numbersIn, type ShapeRule, type ShapeRules, shapeOfRank, unknownLength } from './rule.ts';

/** 0 keeps a length, −1 takes what is left. */
const Reshape: ShapeRule = (node, [x, target]) => {
  const wanted = target?.content;
  if (!x) return undefined;
  if (!wanted) return { type: x.type, shape: shapeOfRank(node, target?.shape?.[0]) };
  const keepsZero = numberAttribute(node, 'allowzero', 0) === 1;
  const lengths = wanted.map((length, axis) =>
    length === 0 && !keepsZero ? (x.shape?.[axis] ?? unknownLength(node, axis)) : length,
  );
  const rest =
    x.shape &&
    divide(
      x.shape,
      lengths.filter((length) => length !== -1),
    );
  const shape = lengths.map((length, axis) => (length === -1 ? (rest ?? unknownLength(node, axis)) : length));
  return { type: x.type, shape, content: x.content };
};

const Flatten: ShapeRule = (node, [x]) => {
  if (!x?.shape) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 1), x.shape.length);
  return { type: x.type, shape: [multiply(x.shape.slice(0, axis)), multiply(x.shape.slice(axis))] };
};

const Squeeze: ShapeRule = (_, [x, axes]) => {
  if (!x?.shape || (axes && !numbersIn(axes))) return undefined;
  const rank = x.shape.length;
  const gone = numbersIn(axes)?.map((axis) => axisOf(axis, rank));
  const shape = x.shape.filter((length, axis) => (gone ? !gone.includes(axis) : length !== 1));
  return { type: x.type, shape, content: x.content };
};

const Unsqueeze: ShapeRule = (_, [x, axes]) => {
  const listed = numbersIn(axes);
  if (!x?.shape || !listed) return undefined;
  const rank = x.shape.length + listed.length;
  const added = new Set(listed.map((axis) => axisOf(axis, rank)));
  const rest = x.shape.values();
  const shape = Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.next().value!));
  return { type: x.type, shape, content: x.content };
};

const Transpose: ShapeRule = (node, [x]) => {
  if (!x?.shape) return undefined;
  const order = numbersAttribute(node, 'perm', x.shape.map((_, axis) => axis).reverse());
  const shape = order.map((axis) => x.shape![axis]!);
  const content = rearrange(x, shape, (position) => order.map((_, axis) => position[order.indexOf(axis)]!));
  return { type: x.type, shape, content };
};

const Concat: ShapeRule = (node, inputs) => {
  const [first] = inputs;
  if (!first?.shape || inputs.some((input) => !input?.shape)) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 0), first.shape.length);
  const content = inputs.every((input) => input?.content) ? inputs.flatMap((input) => input!.content!) : undefined;
  const shape = broadcast(inputs.map((input) => input!.shape!.with(axis, 1)))!;
  const total = sum(inputs.map((input) => input!.shape![axis]!)) ?? unknownLength(node, axis);
  return { type: first.type, shape: shape.with(axis, total), content: axis === 0 ? content : undefined };
};

function sum(lengths: readonly Dimension[]): Dimension | undefined {
  if (lengths.length === 1) return lengths[0];
  const numbers = lengths.filter((length) => typeof length === 'number');
  return numbers.length === lengths.length ? numbers.reduce((total, length) => total + length, 0) : undefined;
}

/** By the lengths in the second input, or into equal parts of which the last may be shorter. */
const Split: ShapeRule = (node, [x, lengths]) => {
  if (!x?.shape) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 0), x.shape.length);
  const whole = x.shape[axis]!;
  const parts = node.outputs.length;
  return node.outputs.map((_, at) => {
    const even = typeof whole === 'number' && Math.min(Math.ceil(whole / parts), whole - at * Math.ceil(whole / parts));
    const length = lengths ? lengths.content?.[at] : even === false ? undefined : even;
    return { type: x.type, shape: x.shape!.with(axis, length ?? unknownLength(node, axis, at)) };
  });
};

const Gather: ShapeRule = (node, [x, indices]) => {
  if (!x?.shape || !indices?.shape) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const at = x.shape.length === 1 ? numbersIn(indices) : undefined;
  return { type: x.type, shape, content: x.content && at?.map((index) => x.content!.at(index)!) };
};

const GatherElements: ShapeRule = (_, [x, indices]) => x && { type: x.type, shape: indices?.shape };

/** Each row of indices, as long as the axes it stands for, picks what lies at the axes after them. */
const GatherND: ShapeRule = (node, [x, indices]) => {
  const depth = indices?.shape?.at(-1);
  if (!x?.shape || typeof depth !== 'number') return undefined;
  const picked = x.shape.slice(numberAttribute(node, 'batch_dims', 0) + depth);
  return { type: x.type, shape: [...indices!.shape!.slice(0, -1), ...picked] };
};

/** As many as the condition picks. */
const Compress: ShapeRule = (node, [x, condition]) => {
  const axis = numberAttribute(node, 'axis', undefined);
  const count = numbersIn(condition)?.filter((picked) => picked !== 0).length;
  if (!x?.shape) return undefined;
  const place = axis === undefined ? 0 : axisOf(axis, x.shape.length);
  const length = count ?? unknownLength(node, place);
  return { type: x.type, shape: axis === undefined ? [length] : x.shape.with(place, length) };
};

const Slice: ShapeRule = (node, [x, starts, ends, axes, steps]) => {
  const [begin, end] = [numbersIn(starts), numbersIn(ends)];
  if (!x?.shape) return undefined;
  const rank = x.shape.length;
  const listed = axes ? numbersIn(axes) : begin?.map((_, axis) => axis);
  const stride = steps ? numbersIn(steps) : listed?.map(() => 1);
  if (!begin || !end || !listed || !stride)
    return { type: x.type, shape: x.shape.map((_, axis) => unknownLength(node, axis)) };
  const cuts = x.shape.map((length, axis) => {
    const at = listed.findIndex((candidate) => axisOf(candidate, rank) === axis);
    return at < 0 ? undefined : cutOf(length, begin[at]!, end[at]!, stride[at]!);
  });
  const shape = x.shape.map((length, axis) => (cuts[axis] ? (cuts[axis].count ?? unknownLength(node, axis)) : length));
  const content = rearrange(x, shape, (position) =>
    position.map((at, axis) => (cuts[axis] ? cuts[axis].from + at * cuts[axis].step : at)),
  );
  return { type: x.type, shape, content };
};

interface Cut {
  readonly from: number;
  readonly step: number;
  /** How many elements are taken; undefined where the axis' length is not known. */
  readonly count: Dimension | undefined;
}

function cutOf(length: Dimension, start: number, end: number, step: number): Cut {
  if (typeof length === 'string') {
    const whole = start === 0 && end > 2 ** 30 && step === 1;
    return { from: start, step, count: whole ? length : undefined };
  }
  const clamp = (at: number, least: number, most: number) => Math.max(least, Math.min(most, at < 0 ? at + length : at));
  const [from, to] =
    step > 0
      ? [clamp(start, 0, length), clamp(end, 0, length)]
      : [clamp(start, 0, length - 1), clamp(end, -1, length - 1)];
  return { from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
}

export const movement: ShapeRules = {
  Reshape,
  Flatten,
  Squeeze,
  Unsqueeze,
  Transpose,
  Concat,
  Split,
  Gather,
  GatherElements,
  GatherND,
  Compress,
  Slice,
};
