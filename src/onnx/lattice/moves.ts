/** What operators other than pointwise ones do to the positions of cells. */
import { numberAttribute, numbersAttribute, slidingOf, stringAttribute } from '../attributes.ts';
import type { Node, Shape } from '../graph.ts';
import { axisOf } from '../shapes/rule.ts';

/** The lattice along one spatial axis of a value. */
export interface Line {
  readonly axis: number;
  readonly origin: number;
  readonly step: number;
}
/** The lattice along y and along x. */
export type Grid = readonly [Line, Line];

/** A node on the way, with what is known of its inputs and its first output. */
export interface Step {
  readonly node: Node;
  readonly grids: readonly (Grid | undefined)[];
  readonly shapes: readonly (Shape | undefined)[];
  readonly output: Shape | undefined;
  readonly numbers: (input: number) => readonly number[] | undefined;
}

/** What an operator does to one line; `which` is 0 for y and 1 for x. */
export type Move = (along: Line, step: Step, which: number) => Line | undefined;

/** Cell o of the result lies on position `first` + o · `stride` of the input. */
const onto = ({ axis, origin, step }: Line, first: number, stride: number): Line => ({
  axis,
  origin: origin + first * step,
  step: step * stride,
});

const slide: Move = (along, { node, shapes }, which) => {
  const weights = node.op === 'Conv' ? (shapes[1]?.slice(2) ?? []) : [];
  const kernel = numbersAttribute(
    node,
    'kernel_shape',
    weights.filter((length) => typeof length === 'number'),
  );
  const spatial = shapes[0]?.slice(2).map((length) => (typeof length === 'number' ? length : undefined)) ?? [];
  const sliding = slidingOf(node, kernel, spatial);
  if (!sliding || along.axis !== which + 2 || kernel.length !== 2) return undefined;
  const extent = (kernel[which]! - 1) * sliding.dilations[which]!;
  return onto(along, extent / 2 - sliding.pads[which]!, sliding.strides[which]!);
};

const Resize: Move = (along, { node, shapes, output }) => {
  const [before, after] = [shapes[0]?.[along.axis], output?.[along.axis]];
  if (typeof before !== 'number' || typeof after !== 'number') return undefined;
  switch (stringAttribute(node, 'coordinate_transformation_mode', 'half_pixel')) {
    case 'half_pixel':
    case 'pytorch_half_pixel':
      return onto(along, before / after / 2 - 0.5, before / after);
    case 'asymmetric':
      return onto(along, 0, before / after);
    case 'align_corners':
      return onto(along, 0, (before - 1) / (after - 1));
    default:
      return undefined;
  }
};

/** Pads that are computed are none where the length stays the same. */
const Pad: Move = (along, { node, shapes, output, numbers }) => {
  const begin = node.inputs[3] ? undefined : numbers(1)?.[along.axis];
  if (begin !== undefined) return onto(along, -begin, 1);
  const [before, after] = [shapes[0]?.[along.axis], output?.[along.axis]];
  return typeof before === 'number' && before === after ? along : undefined;
};

const Transpose: Move = (along, { node }) => {
  const axis = numbersAttribute(node, 'perm', [3, 2, 1, 0]).indexOf(along.axis);
  return { ...along, axis };
};

const Slice: Move = (along, { node, shapes, numbers }) => {
  const [starts, axes, steps] = [numbers(1), node.inputs[3] ? numbers(3) : numbers(1)?.map((_, at) => at), numbers(4)];
  const rank = shapes[0]?.length ?? 0;
  const at = axes?.findIndex((axis) => axisOf(axis, rank) === along.axis) ?? -1;
  if (at < 0) return axes && along;
  const [start, length, stride] = [starts?.[at], shapes[0]?.[along.axis], node.inputs[4] ? steps?.[at] : 1];
  if (start === undefined || stride === undefined || typeof length !== 'number' || stride < 0) return undefined;
  return onto(along, Math.max(0, start < 0 ? start + length : start), stride);
};

/** A linear map of the last axis, in models that keep their channels there. */
const MatMul: Move = (along, { shapes }) =>
  shapes[1]?.length === 2 && along.axis < (shapes[0]?.length ?? 0) - 1 ? along : undefined;

const SpaceToDepth: Move = (along, { node }) => {
  const size = numberAttribute(node, 'blocksize', 1);
  return onto(along, (size - 1) / 2, size);
};

const DepthToSpace: Move = (along, { node }) => {
  const size = numberAttribute(node, 'blocksize', 1);
  return onto(along, (1 / size - 1) / 2, 1 / size);
};

export const MOVES: { readonly [operator: string]: Move } = {
  Conv: slide,
  MaxPool: slide,
  AveragePool: slide,
  LpPool: slide,
  Resize,
  Pad,
  Transpose,
  Slice,
  MatMul,
  SpaceToDepth,
  DepthToSpace,
};
