/**
 * y = Σ weight · x over the pixels around each place of the grid: the 4 nearest (linear), weighted by how near they are, or
 * the nearest one. Places reach from −1 to 1 over the picture, from corner pixel to corner pixel or from edge to edge.
 */
import { numberAttribute, stringAttribute } from '../attributes.ts';
import type { Builder } from '../builder.ts';
import { numberOfType } from '../element-type.ts';
import type { Node } from '../graph.ts';
import { type Decomposition, type Decompositions, ints, lengths } from './rule.ts';

const [INT64, FLOAT] = [numberOfType('int64'), numberOfType('float32')];

/** A pixel's place on one axis, as a whole number in float32, and what it counts: undefined for 1. */
interface Tap {
  readonly place: string;
  readonly weight: string | undefined;
}

const GridSample: Decomposition = (node, { b, shapeOf }) => {
  const [x = '', grid = ''] = node.inputs;
  const [height, width] = (shapeOf(x) ?? []).slice(2);
  const cubic = stringAttribute(node, 'mode', 'linear').endsWith('cubic');
  if (cubic || shapeOf(x)?.length !== 4 || typeof height !== 'number' || typeof width !== 'number') return undefined;
  const places = b.op('Reshape', [grid, ints(b, [0, -1, 2])]);
  const along = (at: number, length: number) =>
    taps(b, node, b.op('Gather', [places, ints(b, at)], { axis: 2 }), length);
  const pixels = b.op('Reshape', [x, ints(b, [0, 0, -1])]);
  const [columns, rows] = [along(0, width), along(1, height)];
  const parts = rows.flatMap((row) => columns.map((column) => pixel(b, pixels, row, column, width)));
  const sum = parts.reduce((a, part) => b.op('Add', [a, part]));
  const shape = b.op('Concat', [lengths(b, x, 0, 2), lengths(b, grid, 1, 3)], { axis: 0 });
  return [b.op('Reshape', [sum, shape])];
};

/** x [N, C, H · W] at a row and a column [N, P] → [N, C, P] */
function pixel(b: Builder, pixels: string, row: Tap, column: Tap, width: number): string {
  const flat = b.op('Add', [b.op('Mul', [row.place, b.constant('float32', width)]), column.place]);
  const index = b.op('Unsqueeze', [b.op('Cast', [flat], { to: INT64 }), ints(b, [1])]);
  const shape = b.op('Concat', [lengths(b, pixels, 0, 2), lengths(b, index, 2)], { axis: 0 });
  const value = b.op('GatherElements', [pixels, b.op('Expand', [index, shape])], { axis: 2 });
  const weights = [row.weight, column.weight].filter((weight) => weight !== undefined);
  return weights.reduce((a, weight) => b.op('Mul', [a, b.op('Unsqueeze', [weight, ints(b, [1])])]), value);
}

/** The pixels along an axis that places between −1 and 1 fall on. */
function taps(b: Builder, node: Node, place: string, length: number): Tap[] {
  const number = (value: number) => b.constant('float32', value);
  const aligned = numberAttribute(node, 'align_corners', 0) === 1;
  const padding = stringAttribute(node, 'padding_mode', 'zeros');
  const [low, span] = aligned ? [0, length - 1] : [-0.5, length];
  const fraction = b.op('Mul', [b.op('Add', [place, number(1)]), number(span / 2)]);
  const own = padding === 'reflection' ? reflected(b, fraction, span) : fraction;
  const at = b.op('Add', [own, number(low)]);
  const last = number(length - 1);
  const inside = (value: string) => b.op('Clip', [value, number(0), last]);
  const coordinate = padding === 'zeros' ? at : inside(at);
  const counted = (tap: Tap): Tap => ({
    place: inside(tap.place),
    weight: padding === 'zeros' ? product(b, tap.weight, isInside(b, tap.place, last)) : tap.weight,
  });
  if (stringAttribute(node, 'mode', 'linear') === 'nearest') {
    return [counted({ place: b.op('Round', [coordinate]), weight: undefined })];
  }
  const before = b.op('Floor', [coordinate]);
  const far = b.op('Sub', [coordinate, before]);
  return [
    counted({ place: before, weight: b.op('Sub', [number(1), far]) }),
    counted({ place: b.op('Add', [before, number(1)]), weight: far }),
  ];
}

/** A place at a distance from the low border, mirrored at both borders as often as it takes: |d − 2 span · round(d / 2 span)| */
function reflected(b: Builder, distance: string, span: number): string {
  const period = b.constant('float32', 2 * Math.max(span, 1));
  const rounds = b.op('Round', [b.op('Div', [distance, period])]);
  return b.op('Abs', [b.op('Sub', [distance, b.op('Mul', [rounds, period])])]);
}

/** 1 inside the picture, 0 outside. */
function isInside(b: Builder, place: string, last: string): string {
  const above = b.op('GreaterOrEqual', [place, b.constant('float32', 0)]);
  return b.op('Cast', [b.op('And', [above, b.op('LessOrEqual', [place, last])])], { to: FLOAT });
}

const product = (b: Builder, a: string | undefined, c: string): string => (a ? b.op('Mul', [a, c]) : c);

/** Of ONNX, and of com.microsoft, where it was before. */
export const sampling: Decompositions = { GridSample };
