/** Crops of maps [C, H, W], with a box in them that is another than in the map. */
import { lengthOf, type Span } from '../onnx/incremental/span.ts';

/** Numbers of a box of a map: those of the first channel begin at `start`. */
export interface Patch {
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

/** Writes the rows y and columns x of a map from `start` on; those outside of it are zeros. */
export function writeCrop(
  { data, shape }: MapOfCells,
  patch: Patch,
  y: Span,
  x: Span,
  out: Float32Array,
  start: number,
): void {
  const [channels, height, width] = shape;
  const left = Math.max(x.from, 0);
  const right = Math.min(x.to, width);
  const columns = lengthOf(x);
  let at = start;
  if (columns === width && lengthOf(y) === height && y.from === 0 && x.from === 0) {
    out.set(data, at);
  } else {
    for (let channel = 0; channel < channels; channel++) {
      for (let row = y.from; row < y.to; row++) {
        const isInside = row >= 0 && row < height;
        const first = isInside ? left : x.to;
        const last = isInside ? right : x.to;
        let from = (channel * height + row) * width + first;
        for (let column = x.from; column < first; column++) out[at++] = 0;
        for (let column = first; column < last; column++) out[at++] = data[from++]!;
        for (let column = last; column < x.to; column++) out[at++] = 0;
      }
    }
  }
  writePatch(patch, channels, y, x, out, start);
}

/** The part of the patch that lies in the crop. */
function writePatch(patch: Patch, channels: number, y: Span, x: Span, out: Float32Array, start: number): void {
  const { data, row, plane } = patch;
  const [top, bottom] = [Math.max(patch.y.from, y.from), Math.min(patch.y.to, y.to)];
  const [left, right] = [Math.max(patch.x.from, x.from), Math.min(patch.x.to, x.to)];
  const [rows, columns] = [lengthOf(y), lengthOf(x)];
  for (let channel = 0; channel < channels; channel++) {
    for (let line = top; line < bottom; line++) {
      let from = patch.start + channel * plane + (line - patch.y.from) * row + left - patch.x.from;
      let at = start + (channel * rows + line - y.from) * columns + left - x.from;
      for (let column = left; column < right; column++) out[at++] = data[from++]!;
    }
  }
}
