/** Operators that move, merge or spread the cells of a line: windows, resizing, padding. */
import { numberAttribute, numbersAttribute, slidingOf, stringAttribute } from '../attributes.ts';
import type { Dimension } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';
import {
  type Axis,
  factorsAlong,
  isCell,
  type Line,
  LOST,
  other,
  type Placement,
  pictureOf,
  withoutAxes,
} from './placement.ts';
import type { Move, Moves, Step } from './step.ts';

/** Cell o of the result lies on position `first` + o · `stride` of the input. */
interface Onto {
  readonly first: number;
  readonly stride: number;
}
const SAME: Onto = { first: 0, stride: 1 };
const UNKNOWN: Onto = { first: Number.NaN, stride: Number.NaN };

/** Moves the lines that have an axis of their own; an axis that holds more than that mixes its parts and is none any more. */
export function alongAxes(step: Step, placement: Placement, ontoAt: (axis: number) => Onto): Placement {
  const { shapes, shape } = step;
  const lines = { y: placement.y, x: placement.x };
  const axes = placement.axes.map((axis, at): Axis => {
    const { first, stride } = ontoAt(at);
    if (first === 0 && stride === 1 && shapes[0]?.[at] === shape[at]) return axis;
    const [factor] = axis;
    if (axis.length !== 1 || !factor || factor.along === 'sequence') return other(shape[at]!);
    if (!isCell(factor)) return [{ ...factor, length: shape[at]! }];
    if (factorsAlong(placement, factor.along).length > 1) return other(shape[at]!);
    lines[factor.along] = onto(lines[factor.along], first * factor.stride, stride * factor.stride);
    return [{ along: factor.along, length: shape[at]!, stride: 1 }];
  });
  return { axes, ...lines };
}

/** A line that was rolled round lies in no order that a window could follow. */
const onto = ({ origin, step, turn }: Line, first: number, stride: number): Line =>
  turn === 0 ? { origin: origin + first * step, step: step * stride, turn } : LOST;

/** Channels are summed, so that their parts of a cell merge; a picture whose way here was lost is one again. */
const slide =
  (weights?: number): Move =>
  (step) => {
    const { node, shapes, shape } = step;
    const spatial = shapes[0]?.slice(2).map(fixed) ?? [];
    const ofWeights = weights === undefined ? undefined : shapes[weights]?.slice(2);
    const kernel = numbersAttribute(
      node,
      'kernel_shape',
      ofWeights?.filter((length) => typeof length === 'number') ?? [],
    );
    const sliding = slidingOf(node, kernel, spatial);
    const before = step.placements[0] ?? unseen(shapes[0]?.length, step);
    if (!before || kernel.length !== shape.length - 2) return undefined;
    const channels = weights === undefined ? before.axes[1]! : other(shape[1]!);
    const merged = weights === undefined ? before : { ...before, ...withoutAxes(before, [1]) };
    const moved = alongAxes(step, { ...merged, axes: before.axes.with(1, channels) }, (axis) => {
      if (axis < 2) return SAME;
      if (!sliding) return UNKNOWN;
      const at = axis - 2;
      const extent = (kernel[at]! - 1) * sliding.dilations[at]!;
      return { first: extent / 2 - sliding.pads[at]!, stride: sliding.strides[at]! };
    });
    return { ...moved, axes: moved.axes.with(1, channels) };
  };

const unseen = (rank: number | undefined, { shapes }: Step) =>
  rank === 4 ? pictureOf(shapes[0]!, [2, 3], LOST) : undefined;

/** Where a transposed convolution's cells lie is left to their number. */
const ConvTranspose: Move = (step) => {
  const before = step.placements[0] ?? unseen(step.shapes[0]?.length, step);
  if (!before) return undefined;
  const moved = alongAxes(step, before, (axis) => (axis < 2 ? SAME : UNKNOWN));
  return { ...moved, axes: moved.axes.with(1, other(step.shape[1]!)) };
};

const Resize: Move = (step) => {
  const { node, shapes, shape } = step;
  const mode = stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel');
  return withFirst(step, (axis) => {
    const [before, after] = [shapes[0]?.[axis], shape[axis]];
    if (before === after) return SAME;
    return typeof before === 'number' && typeof after === 'number' ? resizing(mode, before, after) : UNKNOWN;
  });
};

function resizing(mode: string, before: number, after: number): Onto {
  switch (mode) {
    case 'half_pixel':
    case 'pytorch_half_pixel':
      return { first: before / after / 2 - 0.5, stride: before / after };
    case 'asymmetric':
      return { first: 0, stride: before / after };
    case 'align_corners':
      return { first: 0, stride: (before - 1) / (after - 1) };
    default:
      return UNKNOWN;
  }
}

/** Pads that are computed are none where the length stays the same. */
const Pad: Move = (step) => {
  const { node, shapes, shape, numbers } = step;
  const rank = shape.length;
  const listed = node.inputs[3] ? numbers(3)?.map((axis) => axisOf(axis, rank)) : shape.map((_, axis) => axis);
  return withFirst(step, (axis) => {
    const at = listed?.indexOf(axis) ?? -1;
    const begin = at < 0 ? undefined : numbers(1)?.[at];
    if (begin !== undefined) return { first: -begin, stride: 1 };
    return shapes[0]?.[axis] === shape[axis] ? SAME : UNKNOWN;
  });
};

const blocks =
  (direction: 1 | -1): Move =>
  (step) => {
    const size = numberAttribute(step.node, 'blocksize', 1) ** direction;
    const moved = withFirst(step, (axis) => (axis < 2 ? SAME : { first: (size - 1) / 2, stride: size }));
    return moved && { ...moved, axes: moved.axes.with(1, other(step.shape[1]!)) };
  };

/** What is left is one cell for all, or one for each that is not summed. */
const globalPool: Move = ({ placements: [before], shape }) =>
  before && { ...before, axes: before.axes.map((axis, at) => (at === 0 ? axis : other(shape[at]!))) };

const withFirst = (step: Step, ontoAt: (axis: number) => Onto): Placement | undefined =>
  step.placements[0] && alongAxes(step, step.placements[0], ontoAt);

const fixed = (length: Dimension) => (typeof length === 'number' ? length : undefined);

export const sliding: Moves = {
  Conv: slide(1),
  ConvInteger: slide(1),
  FusedConv: slide(1),
  QLinearConv: slide(3),
  ConvTranspose,
  MaxPool: slide(),
  AveragePool: slide(),
  LpPool: slide(),
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  Resize,
  Pad,
  SpaceToDepth: blocks(1),
  DepthToSpace: blocks(-1),
};
