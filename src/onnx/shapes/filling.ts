/** Operators that make more elements of fewer, and those that turn a shape into a tensor and back. */
import { sizeOf } from '../../core/tensor.ts';
import { numberAttribute, numbersAttribute, stringAttribute } from '../attributes.ts';
import { numbersOf } from '../constants.ts';
import { divide, multiply } from '../dimension.ts';
import type { Dimension } from '../graph.ts';
import { axisOf, broadcast, numbersIn, type ShapeRule, type ShapeRules, shapeOfRank, unknownLength } from './rule.ts';

/** Longer tensors are data, not shapes. */
const LONGEST_CONTENT = 64;

const ShapeOf: ShapeRule = (node, [x]) => {
  if (!x?.shape) return undefined;
  const content = x.shape.slice(numberAttribute(node, 'start', 0), numberAttribute(node, 'end', x.shape.length));
  return { type: 'int64', shape: [content.length], content };
};

const Size: ShapeRule = (_, [x]) => x && { type: 'int64', shape: [], content: x.shape && [multiply(x.shape)] };

const ConstantOfShape: ShapeRule = (node, [target]) => {
  const shape = target?.content ?? shapeOfRank(node, target?.shape?.[0]);
  const { value } = node.attributes;
  const type = value?.kind === 'tensor' ? value.value.type : 'float32';
  const element = value?.kind === 'tensor' ? numbersOf(value.value)?.[0] : 0;
  const lengths = numbersIn(target);
  const short = lengths && sizeOf(lengths) <= LONGEST_CONTENT && element !== undefined;
  return { type, shape, content: short ? Array.from({ length: sizeOf(lengths) }, () => element) : undefined };
};

const Expand: ShapeRule = (node, [x, target]) => {
  if (!x) return undefined;
  const shape = broadcast([x.shape, target?.content ?? shapeOfRank(node, target?.shape?.[0])]);
  const lengths = shape?.every((length) => typeof length === 'number') ? shape : undefined;
  const short = x.content?.length === 1 && lengths && sizeOf(lengths) <= LONGEST_CONTENT;
  return { type: x.type, shape, content: short ? Array(sizeOf(lengths)).fill(x.content[0]) : undefined };
};

const Tile: ShapeRule = (node, [x, repeats]) =>
  x && {
    type: x.type,
    shape: x.shape?.map((length, axis) => times(length, repeats?.content?.[axis]) ?? unknownLength(node, axis)),
  };

const times = (length: Dimension, repeat: Dimension | undefined) =>
  repeat === undefined ? undefined : multiply([length, repeat]);

const Range: ShapeRule = (node, inputs) => {
  const [start, limit, delta] = inputs.map((input) => numbersIn(input)?.[0]);
  const type = inputs[0]?.type ?? 'other';
  if (start === undefined || limit === undefined || !delta) return { type, shape: [unknownLength(node, 0)] };
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const whole = [start, delta].every(Number.isInteger);
  const content =
    whole && count <= LONGEST_CONTENT ? Array.from({ length: count }, (_, at) => start + at * delta) : undefined;
  return { type, shape: [count], content };
};

/** Pads begin first, then end, of all axes or of those listed. */
const Pad: ShapeRule = (node, [x, pads, , axes]) => {
  if (!x?.shape) return undefined;
  const amounts = numbersIn(pads);
  const rank = x.shape.length;
  const listed = axes ? numbersIn(axes)?.map((axis) => axisOf(axis, rank)) : x.shape.map((_, axis) => axis);
  const shape = x.shape.map((length, axis) => {
    const at = listed?.indexOf(axis);
    if (at === -1) return length;
    if (at === undefined || !amounts) return unknownLength(node, axis);
    const added = amounts[at]! + amounts[at + listed!.length]!;
    return added === 0 ? length : typeof length === 'number' ? length + added : unknownLength(node, axis);
  });
  return { type: x.type, shape };
};

/** By `sizes`, or by `scales` rounded down, of all axes or of those listed. */
const Resize: ShapeRule = (node, [x, , scales, sizes]) => {
  if (!x?.shape) return undefined;
  const rank = x.shape.length;
  const listed = numbersAttribute(
    node,
    'axes',
    x.shape.map((_, axis) => axis),
  ).map((axis) => axisOf(axis, rank));
  const stretches = stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch';
  const shape = x.shape.map((length, axis) => {
    const at = listed.indexOf(axis);
    if (at < 0) return length;
    if (sizes?.content) return stretches ? sizes.content[at]! : unknownLength(node, axis);
    const scale = scales?.content?.[at];
    if (scale === 1) return length;
    return typeof scale === 'number' && typeof length === 'number'
      ? Math.floor(length * scale)
      : unknownLength(node, axis);
  });
  return { type: x.type, shape };
};

/** `blocksize` squared channels become a square of pixels, or back. */
const blocks =
  (direction: 1 | -1): ShapeRule =>
  (node, [x]) => {
    if (x?.shape?.length !== 4) return undefined;
    const size = numberAttribute(node, 'blocksize', 1) ** direction;
    const [batch, channels, height, width] = x.shape;
    const scaled = (length: Dimension | undefined, factor: number, axis: number) =>
      typeof length === 'number' ? Math.round(length * factor) : unknownLength(node, axis);
    return {
      type: x.type,
      shape: [batch!, scaled(channels, size ** -2, 1), scaled(height, size, 2), scaled(width, size, 3)],
    };
  };

/** The lengths asked for, of all axes or of those listed. */
const CenterCropPad: ShapeRule = (node, [x, lengths]) => {
  if (!x?.shape) return undefined;
  const every = x.shape.map((_, axis) => axis);
  const listed = numbersAttribute(node, 'axes', every).map((axis) => axisOf(axis, x.shape!.length));
  const shape = x.shape.map((length, axis) =>
    listed.includes(axis) ? (lengths?.content?.[listed.indexOf(axis)] ?? unknownLength(node, axis)) : length,
  );
  return { type: x.type, shape };
};

/** Columns [N, C · block, positions] → [N, C, …image] */
const Col2Im: ShapeRule = (_, [x, image, block]) => {
  if (!x?.shape || !image?.content || !block?.content) return undefined;
  const channels = divide([x.shape[1]!], block.content);
  return channels === undefined ? undefined : { type: x.type, shape: [x.shape[0]!, channels, ...image.content] };
};

/** θ [N, d, d + 1] and a size [N, C, …] → [N, …, d] */
const AffineGrid: ShapeRule = (_, [theta, size]) => {
  if (!theta?.shape || !size?.content) return undefined;
  return { type: theta.type, shape: [size.content[0]!, ...size.content.slice(2), theta.shape[1]!] };
};

/** x [N, C, …] at a grid [N, …, d] */
const GridSample: ShapeRule = (_, [x, grid]) =>
  x?.shape && grid?.shape && { type: x.type, shape: [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)] };

export const filling: ShapeRules = {
  Shape: ShapeOf,
  Size,
  ConstantOfShape,
  Expand,
  Tile,
  Range,
  Pad,
  Resize,
  CenterCropPad,
  Col2Im,
  AffineGrid,
  GridSample,
  DepthToSpace: blocks(1),
  SpaceToDepth: blocks(-1),
};
