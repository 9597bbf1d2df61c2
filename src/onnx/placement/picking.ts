/** Operators that take parts of an axis, or set parts side by side. */
import { numberAttribute } from '../attributes.ts';
import type { Dimension, Shape } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';
import { meet } from './meeting.ts';
import {
  type Axis,
  type Factor,
  factorsAlong,
  hasCells,
  isCell,
  type Line,
  lengthOf,
  other,
  type Placement,
  type SequenceFactor,
} from './placement.ts';
import type { Move, Moves, Step } from './step.ts';

/** Places `from`, `from` + `step`, …, `count` of them. NaN where that cannot be told. */
interface Cut {
  readonly from: number;
  readonly step: number;
  readonly count: Dimension;
}

/** The placement with one axis cut. */
function cutAxis(placement: Placement, axis: number, cut: Cut): Placement {
  const { from, step, count } = cut;
  const whole = placement.axes[axis];
  if (!whole || (from === 0 && step === 1 && count === lengthOf(whole))) return placement;
  const [factor] = whole;
  const axes = (part: Axis) => placement.axes.with(axis, part);
  if (whole.length !== 1 || !factor) return { ...placement, axes: axes(other(count)) };
  if (factor.along === 'sequence') return { ...placement, axes: axes(partOf(factor, cut)) };
  if (!isCell(factor)) return { ...placement, axes: axes([{ ...factor, length: count }]) };
  if (factorsAlong(placement, factor.along).length > 1 || step < 0) return { ...placement, axes: axes(other(count)) };
  const line = placement[factor.along];
  const moved = {
    ...line,
    origin: line.origin + from * factor.stride * line.step,
    step: line.step * factor.stride * step,
  };
  return { ...placement, axes: axes([{ ...factor, length: count, stride: 1 }]), [factor.along]: moved };
}

/** All cells and some of the extra tokens, extra tokens only, or a part of the cells, which are then no grid. */
function partOf(sequence: SequenceFactor, { from, step, count }: Cut): Axis {
  const cells = Number(lengthOf(sequence.cells));
  const [first, end] = [sequence.before, sequence.before + cells];
  const to = from + (Number(count) - 1) * step + 1;
  if (step === 1 && from <= first && to >= end)
    return to - from === cells ? sequence.cells : [{ ...sequence, length: count, before: first - from }];
  return to <= first || from >= end ? [{ along: 'extra', length: count }] : other(count);
}

const Slice: Move = ({ node, placements: [before], shapes, shape, numbers }) => {
  const starts = numbers(1);
  const axes = node.inputs[3] ? numbers(3) : starts?.map((_, at) => at);
  const steps = node.inputs[4] ? numbers(4) : starts?.map(() => 1);
  if (!before) return undefined;
  const rank = shape.length;
  const listed = axes?.map((axis) => axisOf(axis, rank));
  return shape.reduce<Placement>((placement, count, axis) => {
    const at = listed ? listed.indexOf(axis) : 0;
    const length = shapes[0]?.[axis];
    if (at < 0 || count === length) return placement;
    const [start, step] = [starts?.[at], steps?.[at]];
    const known = start !== undefined && step !== undefined && (start >= 0 || typeof length === 'number');
    const from = known ? Math.max(0, start < 0 ? start + Number(length) : start) : Number.NaN;
    return cutAxis(placement, axis, { from, step: step ?? Number.NaN, count });
  }, before);
};

/** One index, or several in even steps; places picked in any other order, or by what is computed, are no line any more. */
const Gather: Move = ({ node, placements: [before], shapes, shape, numbers }) => {
  if (!before || !shapes[1]) return undefined;
  const axis = axisOf(numberAttribute(node, 'axis', 0), before.axes.length);
  const length = Number(shapes[0]?.[axis]);
  const [from = Number.NaN, ...more] = numbers(1)?.map((index) => (index < 0 ? index + length : index)) ?? [];
  const step = (more[0] ?? from + 1) - from;
  const isEven = step > 0 && more.every((index, at) => index === from + (at + 1) * step);
  const count = shapes[1].length === 1 ? shape[axis]! : 1;
  const mixed = { ...before, axes: before.axes.map((whole, at) => (at === axis ? other(count) : whole)) };
  const picked = isEven ? cutAxis(before, axis, { from, step, count }) : mixed;
  if (shapes[1].length === 1) return picked;
  const left = picked.axes[axis]?.filter(({ along }) => along === 'extra') ?? [];
  const index = shapes[1].map((length) => other(length));
  const axes = [...picked.axes.slice(0, axis), ...index, ...picked.axes.slice(axis + 1)];
  return { ...picked, axes: axes.map((rest, at) => (at === 0 ? [...rest, ...left] : rest)) };
};

/** The placement of each output. */
export function split({ node, placements: [before], outputs }: Step): (Placement | undefined)[] {
  if (!before) return [];
  const axis = axisOf(numberAttribute(node, 'axis', 0), before.axes.length);
  let from = 0;
  return outputs.map((shape) => {
    const count = shape?.[axis];
    if (count === undefined) return undefined;
    const part = cutAxis(before, axis, { from, step: 1, count });
    from += Number(count);
    return part;
  });
}

/** Tokens get extra ones beside them; the two parts of a rolled line become one again; channels stand side by side. */
const Concat: Move = (step) => {
  const { node, placements, shapes, shape } = step;
  const axis = axisOf(numberAttribute(node, 'axis', 0), shape.length);
  const [first, second, ...more] = placements.flatMap((placement, input) =>
    placement && hasCells(placement.axes[axis]) ? [{ placement, input }] : [],
  );
  if (!first) return meet(step);
  if (!second) return withExtras(first.placement, axis, shape, shapes.slice(0, first.input));
  const rolled =
    more.length === 0 && placements.length === 2 && rejoined(first.placement, second.placement, axis, shape);
  return rolled || { ...first.placement, axes: first.placement.axes.with(axis, other(shape[axis]!)) };
};

function withExtras(placement: Placement, axis: number, shape: Shape, inFront: readonly (Shape | undefined)[]) {
  const before = inFront.reduce((sum, front) => sum + Number(front?.[axis] ?? Number.NaN), 0);
  const [own, ...rest] = placement.axes[axis]!;
  const length = shape[axis]!;
  const cells = [own!, ...rest];
  const sequence: Factor =
    own?.along === 'sequence' && rest.length === 0
      ? { ...own, length, before: before + own.before }
      : { along: 'sequence', length, before, cells };
  const known = Number.isFinite(before) && !cells.slice(1).some(({ along }) => along === 'sequence');
  return { ...placement, axes: placement.axes.with(axis, known ? [sequence] : other(length)) };
}

/** Two parts of a line that follow each other, straight on or from its end to its beginning. */
function rejoined(a: Placement, b: Placement, axis: number, shape: Shape): Placement | undefined {
  const [part, next] = [a.axes[axis]![0]!, b.axes[axis]![0]!];
  if (a.axes[axis]!.length !== 1 || !isCell(part) || !isCell(next) || part.along !== next.along) return undefined;
  const [line, after] = [a[part.along], b[next.along]];
  const length = Number(shape[axis]);
  const shift = Math.round((line.origin - after.origin) / line.step);
  if (line.step !== after.step || line.turn !== after.turn) return undefined;
  const straight = -shift === Number(part.length);
  if (!straight && shift !== Number(next.length)) return undefined;
  const joined: Line = straight ? line : { ...after, turn: (line.turn + shift) % length };
  return { ...a, axes: a.axes.with(axis, [{ ...part, length: shape[axis]! }]), [part.along]: joined };
}

export const picking: Moves = { Slice, Gather, Concat };
