/** Convolutions and pools [N, C, …spatial], and what makes one cell of all. */
import { numberAttribute, numbersAttribute, type Sliding, slidingOf, stringAttribute } from '../attributes.ts';
import { multiply } from '../dimension.ts';
import type { Dimension, Node, Shape } from '../graph.ts';
import { integer, type Known, type ShapeRule, type ShapeRules, unknownLength } from './rule.ts';

const Conv: ShapeRule = (node, [x, w]) => {
  if (!x?.shape || !w?.shape) return undefined;
  const kernel = numbersAttribute(
    node,
    'kernel_shape',
    w.shape.slice(2).filter((length) => typeof length === 'number'),
  );
  return { type: x.type, shape: [x.shape[0]!, w.shape[0]!, ...slide(node, x.shape.slice(2), kernel)] };
};

const pool: ShapeRule = (node, [x]) => {
  if (!x?.shape) return undefined;
  const kernel = numbersAttribute(node, 'kernel_shape', []);
  const shape = [...x.shape.slice(0, 2), ...slide(node, x.shape.slice(2), kernel)];
  const indices: Known = { type: 'int64', shape };
  return [{ type: x.type, shape }, indices];
};

/** How many windows fit on each axis. */
function slide(node: Node, spatial: Shape, kernel: readonly number[]): Shape {
  const lengths = spatial.map((length) => (typeof length === 'number' ? length : undefined));
  const sliding = slidingOf(node, kernel, lengths);
  return spatial.map((length, axis): Dimension => {
    if (!sliding) return unknownLength(node, axis + 2);
    const { slack, stride } = along(sliding, axis);
    if (typeof length === 'string') return slack === 0 && stride === 1 ? length : unknownLength(node, axis + 2);
    return windows(length, sliding, axis);
  });
}

function along({ kernel, strides, dilations, pads }: Sliding, axis: number) {
  const extent = (kernel[axis]! - 1) * dilations[axis]! + 1;
  const [begin, end] = [pads[axis]!, pads[axis + kernel.length]!];
  return { slack: begin + end - extent + 1, stride: strides[axis]!, begin };
}

/** floor((L + pads − extent) / stride) + 1; with `ceil_mode` up, but no window may begin in the end's padding. */
function windows(length: number, sliding: Sliding, axis: number): number {
  const { slack, stride, begin } = along(sliding, axis);
  const steps = (length + slack - 1) / stride;
  if (!sliding.ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= length + begin ? count - 1 : count;
}

/** (L − 1) · stride − pads + extent + output_padding, unless `output_shape` says. */
const ConvTranspose: ShapeRule = (node, [x, w]) => {
  if (!x?.shape || !w?.shape) return undefined;
  const kernel = numbersAttribute(
    node,
    'kernel_shape',
    w.shape.slice(2).filter((length) => typeof length === 'number'),
  );
  const asked = numbersAttribute(node, 'output_shape', undefined);
  const extra = numbersAttribute(node, 'output_padding', []);
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  const sliding = slidingOf(
    node,
    kernel,
    kernel.map(() => 1),
  )!;
  const spatial = x.shape.slice(2).map((length, axis): Dimension => {
    if (asked) return asked[axis]!;
    if (typeof length === 'string') return unknownLength(node, axis + 2);
    const { slack, stride } = along(sliding, axis);
    return autoPad.startsWith('SAME') ? length * stride : (length - 1) * stride - slack + 1 + (extra[axis] ?? 0);
  });
  const channels = multiply([w.shape[1]!, numberAttribute(node, 'group', 1)]);
  return { type: x.type, shape: [x.shape[0]!, channels, ...spatial] };
};

const globalPool: ShapeRule = (_, [x]) =>
  x && { type: x.type, shape: x.shape?.map((length, axis) => (axis < 2 ? length : 1)) };

/** The length that its pool would have been given, unless `output_shape` says. */
const MaxUnpool: ShapeRule = (node, [x, , asked]) => {
  if (asked) return x && { type: x.type, shape: asked.content };
  if (!x?.shape) return undefined;
  const sliding = slidingOf(node, numbersAttribute(node, 'kernel_shape', []), [])!;
  const spatial = x.shape.slice(2).map((length, axis): Dimension => {
    const { slack, stride } = along(sliding, axis);
    return typeof length === 'string' ? unknownLength(node, axis + 2) : (length - 1) * stride - slack + 1;
  });
  return { type: x.type, shape: [...x.shape.slice(0, 2), ...spatial] };
};

export const window: ShapeRules = {
  Conv,
  ConvInteger: integer(Conv),
  ConvTranspose,
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  MaxUnpool,
};
