/**
 * What a value's axes have to do with the picture. Each axis is a product of factors, the slowest first: an axis of
 * tokens is y · x, one of windows batch · y/7 · x/7. Reshapes regroup factors, transposes permute axes, so that cells
 * are found again however a model folds them.
 */
import { multiply } from '../dimension.ts';
import type { Dimension, Shape } from '../graph.ts';

/** Cells along y or x, each `stride` cells of the line from the next. */
export interface CellFactor {
  readonly along: 'y' | 'x';
  readonly length: Dimension;
  readonly stride: number;
}

/** Cells with class, distillation or register tokens around: `before` of them stand in front. */
export interface SequenceFactor {
  readonly along: 'sequence';
  readonly length: Dimension;
  readonly before: number;
  readonly cells: readonly Factor[];
}

/** `extra` is what is left of a sequence without its cells; `other` are channels, heads and whatever else. */
export interface PlainFactor {
  readonly along: 'batch' | 'extra' | 'other';
  readonly length: Dimension;
}

export type Factor = CellFactor | SequenceFactor | PlainFactor;
export type Axis = readonly Factor[];

/** Cell i of a line lies on the picture at origin + ((i + turn) mod length) · step; NaN where that cannot be told. */
export interface Line {
  readonly origin: number;
  readonly step: number;
  /** By how many cells the line is rolled round, as shifted windows do. */
  readonly turn: number;
}

export interface Placement {
  readonly axes: readonly Axis[];
  readonly y: Line;
  readonly x: Line;
}

export const LINES = ['y', 'x'] as const;

/** A line of which only the direction is known. */
export const LOST: Line = { origin: Number.NaN, step: Number.NaN, turn: 0 };

export const other = (length: Dimension): Axis => [{ along: 'other', length }];

export const isCell = (factor: Factor): factor is CellFactor => factor.along === 'y' || factor.along === 'x';

export const hasCells = (axis: Axis | undefined): boolean =>
  axis?.some((factor) => isCell(factor) || factor.along === 'sequence') ?? false;

export const placesCells = (placement: Placement | undefined): boolean => placement?.axes.some(hasCells) ?? false;

export const lengthOf = (axis: Axis): Dimension => multiply(axis.map(({ length }) => length));

/** The factors along one line in all axes. */
export const factorsAlong = ({ axes }: Placement, along: 'y' | 'x'): CellFactor[] =>
  axes
    .flat()
    .flatMap((factor) => (factor.along === 'sequence' ? factor.cells : [factor]))
    .filter((factor): factor is CellFactor => factor.along === along);

/** The placement of a picture, or of a value like one. */
export function pictureOf(shape: Shape, [y, x]: readonly [number, number], line: Line): Placement {
  const axes = shape.map((length, axis): Axis => {
    if (axis === y || axis === x) return [{ along: axis === y ? 'y' : 'x', length, stride: 1 }];
    return axis === 0 ? [{ along: 'batch', length }] : other(length);
  });
  return { axes, y: line, x: line };
}

/** The lines once some axes are summed away: a cell made of its parts lies in their middle. */
export function withoutAxes(placement: Placement, axes: readonly number[]): Pick<Placement, 'y' | 'x'> {
  const gone = placement.axes.filter((_, at) => axes.includes(at)).flat();
  const rest = { ...placement, axes: placement.axes.filter((_, at) => !axes.includes(at)) };
  const [y, x] = LINES.map((along) => {
    const line = placement[along];
    const parts = gone.filter((factor): factor is CellFactor => factor.along === along);
    const middles = parts.map(({ length, stride }) => {
      const left = factorsAlong(rest, along);
      const isPart =
        left.some((whole) => whole.stride >= stride * Number(length)) && !left.some((same) => same.stride === stride);
      return isPart ? ((Number(length) - 1) / 2) * stride * line.step : 0;
    });
    return { ...line, origin: middles.reduce((sum, middle) => sum + middle, line.origin) };
  });
  return { y: y!, x: x! };
}
