/** Crops of maps [C, H, W], with a box in them that is another than in the map. */
import { lengthOf, type Span } from '../onnx/incremental/span.ts';
import type { CellMemory, Strided } from './cell-memory.ts';

/** Numbers of a box of a map, channel by channel and row by row. */
export interface Cells extends Strided {
  readonly y: Span;
  readonly x: Span;
}

/** The rows y and columns x as they lie one after the other. */
export const packed = (start: number, y: Span, x: Span): Cells => ({
  start,
  row: lengthOf(x),
  plane: lengthOf(y) * lengthOf(x),
  y,
  x,
});

/** Fills a crop from a whole map, and from a patch where that lies; what is outside of the map becomes 0. */
export function writeCrop(memory: CellMemory, channels: number, map: Cells, patch: Cells, crop: Cells): void {
  const [down, across] = [common(crop.y, map.y), common(crop.x, map.x)];
  const [tall, wide] = [common(patch.y, down), common(patch.x, across)];
  if (lengthOf(crop.y) > lengthOf(down) || lengthOf(crop.x) > lengthOf(across)) {
    memory.view(crop.start, channels * crop.plane).fill(0);
  }
  const copy = (from: Cells, y: Span, x: Span) =>
    memory.copy(partOf(from, y, x), partOf(crop, y, x), channels, lengthOf(y), lengthOf(x));
  copy(map, { from: down.from, to: tall.from }, across);
  copy(map, tall, { from: across.from, to: wide.from });
  copy(patch, tall, wide);
  copy(map, tall, { from: wide.to, to: across.to });
  copy(map, { from: tall.to, to: down.to }, across);
}

const partOf = ({ start, row, plane, ...own }: Cells, y: Span, x: Span): Strided => ({
  start: start + (y.from - own.y.from) * row + x.from - own.x.from,
  row,
  plane,
});

/** What two spans have in common; where that is nothing, an empty span in the second. */
function common(one: Span, other: Span): Span {
  const from = Math.min(Math.max(one.from, other.from), other.to);
  return { from, to: Math.max(from, Math.min(one.to, other.to)) };
}
