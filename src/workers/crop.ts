/** Crops of maps [C, H, W], with a box in them that is another than in the map. */
import { lengthOf, type Span } from '../onnx/incremental/span.ts';

/** Numbers of a box of a map, channel by channel and row by row: the first one lies at `start`. */
export interface Cells {
  readonly data: Float32Array;
  readonly start: number;
  /** How far rows, and channels, lie apart. */
  readonly row: number;
  readonly plane: number;
  readonly y: Span;
  readonly x: Span;
}

/** A value of one picture. */
export interface MapOfCells {
  readonly data: Float32Array;
  readonly shape: readonly [channels: number, height: number, width: number];
}

/** The rows y and columns x as they lie one after the other. */
export const packed = (data: Float32Array, start: number, y: Span, x: Span): Cells => ({
  data,
  start,
  row: lengthOf(x),
  plane: lengthOf(y) * lengthOf(x),
  y,
  x,
});

/** Fills a crop from a map, and from a patch where that lies; what is outside of the map becomes 0. */
export function writeCrop({ data, shape }: MapOfCells, patch: Cells, crop: Cells): void {
  const [channels, height, width] = shape;
  const map = packed(data, 0, { from: 0, to: height }, { from: 0, to: width });
  const [down, across] = [common(crop.y, map.y), common(crop.x, map.x)];
  const [tall, wide] = [common(patch.y, down), common(patch.x, across)];
  if (lengthOf(crop.y) > lengthOf(down) || lengthOf(crop.x) > lengthOf(across)) {
    crop.data.fill(0, crop.start, crop.start + channels * crop.plane);
  }
  if (lengthOf(down) === height && lengthOf(across) === width && crop.row === width) {
    for (let channel = 0; channel < channels; channel++) {
      const plane = data.subarray(channel * map.plane, (channel + 1) * map.plane);
      crop.data.set(plane, crop.start + channel * crop.plane + (down.from - crop.y.from) * width);
    }
  } else {
    copyCells(map, crop, channels, { from: down.from, to: tall.from }, across);
    copyCells(map, crop, channels, tall, { from: across.from, to: wide.from });
    copyCells(map, crop, channels, tall, { from: wide.to, to: across.to });
    copyCells(map, crop, channels, { from: tall.to, to: down.to }, across);
  }
  copyCells(patch, crop, channels, tall, wide);
}

/** Copies some rows and columns that both have. The innermost loop reads plain variables only, which the compiler keeps in registers. */
function copyCells(source: Cells, target: Cells, channels: number, y: Span, x: Span): void {
  const [from, to] = [source.data, target.data];
  const columns = lengthOf(x);
  if (columns <= 0) return;
  for (let channel = 0; channel < channels; channel++) {
    let read = source.start + channel * source.plane + (y.from - source.y.from) * source.row + x.from - source.x.from;
    let write = target.start + channel * target.plane + (y.from - target.y.from) * target.row + x.from - target.x.from;
    const [nextRead, nextWrite] = [source.row - columns, target.row - columns];
    for (let row = y.from; row < y.to; row++) {
      for (let column = 0; column < columns; column++) to[write++] = from[read++]!;
      read += nextRead;
      write += nextWrite;
    }
  }
}

/** What two spans have in common; where that is nothing, an empty span in the second. */
function common(one: Span, other: Span): Span {
  const from = Math.min(Math.max(one.from, other.from), other.to);
  return { from, to: Math.max(from, Math.min(one.to, other.to)) };
}
