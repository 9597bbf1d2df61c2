/** How the cells of a value stand in it, and where they lie on the picture. */
import type { Lattice } from '../core/view.ts';
import type { Dimension } from './graph.ts';
import {
  type Axis,
  type CellFactor,
  type Factor,
  isCell,
  lengthOf,
  type Placement,
  withoutAxes,
} from './placement/placement.ts';

/** Feature maps [N, C, h, w] or [N, h, w, C], or tokens [N, T, C], with the axes that the cells stand at. */
export interface Cells {
  readonly role: 'features' | 'tokens';
  /** The axis that the pictures stand at: the first, but for models that have [T, N, C]. */
  readonly batch: number;
  /** The other axes are counted without the batch. */
  readonly channels: number;
  /** Tokens have y and x at one axis, y the slower. */
  readonly y: number;
  readonly x: number;
  readonly height: Dimension;
  readonly width: Dimension;
  /** Class, distillation or register tokens in front of the cells. */
  readonly before: number;
  /** Undefined where the graph does not tell. */
  readonly lattice: Lattice | undefined;
}

/** Undefined for a value whose cells are no grid of whole cells: vectors, windows, heads, what is rolled round. */
export function cellsOf(placement: Placement | undefined): Cells | undefined {
  if (placement?.y.turn !== 0 || placement.x.turn !== 0) return undefined;
  const batch = batchOf(placement.axes);
  const axes = placement.axes.toSpliced(batch, 1);
  const found =
    batch < 0 ? undefined : axes.length === 3 ? features(axes) : axes.length === 2 ? tokens(axes) : undefined;
  if (!found || (found.rows.length === 1 && found.columns.length === 1)) return undefined;
  const { rows, columns, ...cells } = found;
  if (!axes[cells.channels]!.every((factor) => isWithin(factor, rows, columns))) return undefined;
  const lines = withoutAxes({ ...placement, axes }, [cells.channels]);
  const lattice = {
    originY: lines.y.origin,
    originX: lines.x.origin,
    stepY: lines.y.step * rows.stride,
    stepX: lines.x.step * columns.stride,
  };
  const known = Object.values(lattice).every((number) => !Number.isNaN(number));
  return { ...cells, batch, height: rows.length, width: columns.length, lattice: known ? lattice : undefined };
}

/** Channels may be the parts of a cell, as in a patch that is not merged yet; cells of their own are those of attention. */
function isWithin(factor: Factor, rows: CellFactor, columns: CellFactor): boolean {
  if (!isCell(factor)) return factor.along !== 'sequence';
  return factor.stride * Number(factor.length) <= (factor.along === 'y' ? rows : columns).stride;
}

/** A batch of one leaves no trace in a reshape: then any axis of length 1 is it. */
function batchOf(axes: readonly Axis[]): number {
  const at = axes.findIndex((axis) => axis.length === 1 && axis[0]!.along === 'batch');
  const batches = axes.flat().filter(({ along }) => along === 'batch');
  if (at >= 0 || batches.some(({ length }) => length !== 1)) return at;
  return axes.findIndex((axis) => lengthOf(axis) === 1);
}

function features(axes: readonly Axis[]) {
  const at = (along: 'y' | 'x') => axes.findIndex((axis) => axis.length === 1 && axis[0]!.along === along);
  const [y, x] = [at('y'), at('x')];
  if (y < 0 || x < 0) return undefined;
  const [rows, columns] = [axes[y]![0] as CellFactor, axes[x]![0] as CellFactor];
  const channels = [0, 1, 2].find((axis) => axis !== y && axis !== x)!;
  return { role: 'features', channels, y, x, rows, columns, before: 0 } as const;
}

function tokens(axes: readonly Axis[]) {
  const at = axes.findIndex((axis) => gridOf(axis) !== undefined);
  if (at < 0) return undefined;
  const { rows, columns, before } = gridOf(axes[at]!)!;
  return { role: 'tokens', channels: 1 - at, y: at, x: at, rows, columns, before } as const;
}

/** An axis of all cells row by row, with or without extra tokens. */
function gridOf(axis: Axis) {
  const [first] = axis;
  const sequence = axis.length === 1 && first?.along === 'sequence' ? first : undefined;
  const [rows, columns, ...more]: readonly Factor[] = sequence?.cells ?? axis;
  const isGrid = rows && columns && isCell(rows) && isCell(columns) && rows.along === 'y' && columns.along === 'x';
  return isGrid && more.length === 0 ? { rows, columns, before: sequence?.before ?? 0 } : undefined;
}

/**
 * The cells of one value [C, h, w], [h, w, C], [T, C] or [C, T] as planes: channel by channel, row by row.
 * @param shape without the batch
 */
export function planesOf(data: Float64Array, shape: readonly number[], cells: Cells): Float64Array {
  const strideAt = (axis: number) => shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  const channelCount = shape[cells.channels]!;
  const [height, width] = gridSize(shape, cells);
  const [channel, column] = [strideAt(cells.channels), strideAt(cells.x)];
  const row = cells.role === 'tokens' ? column * width : strideAt(cells.y);
  const planes = new Float64Array(channelCount * height * width);
  for (let c = 0, at = 0; c < channelCount; c++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        planes[at++] = data[c * channel + i * row + (j + cells.before) * column]!;
      }
    }
  }
  return planes;
}

/** Rows and columns of cells in a value. */
export const gridSize = (shape: readonly number[], { role, y, x, height, width }: Cells): readonly [number, number] =>
  role === 'tokens' ? [Number(height), Number(width)] : [shape[y]!, shape[x]!];
