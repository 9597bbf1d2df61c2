/**
 * Where SLIC's centres start: on a square lattice of about so many points, as in scikit-image. A side that is shorter than
 * the step √(H W / n) has one row of them, which the other side then shares.
 */
import type { Rectangle } from '../window.ts';

export interface Lattice {
  /** The nearest point of each pixel [H · W], numbered row by row. */
  readonly labels: Int32Array;
  readonly points: number;
  /** The larger of the steps between two rows and two columns. */
  readonly step: number;
}

/** The square lattice of about `points` points, of which a picture with fewer pixels has one per pixel. */
export function lattice({ height, width }: Rectangle, points: number): Lattice {
  const step = Math.max(1, Math.sqrt((height * width) / points));
  const [tall, wide] = [Math.min(step, height), Math.min(step, width)];
  const rows = nearestPoints(height, wide < step ? height / points : tall);
  const columns = nearestPoints(width, tall < step ? width / points : wide);
  const labels = new Int32Array(height * width);
  for (let at = 0; at < labels.length; at++) {
    labels[at] = rows.nearest[Math.floor(at / width)]! * columns.points + columns.nearest[at % width]!;
  }
  return { labels, points: rows.points * columns.points, step: Math.max(rows.step, columns.step) };
}

/** Points at step/2, 3 step/2, … along a side, in whole pixels, and for each pixel the nearest, of two the first. */
function nearestPoints(side: number, exact: number) {
  const step = Math.max(1, Math.round(exact));
  const first = Math.floor(exact / 2);
  const points = Math.max(1, Math.ceil((side - first) / step));
  const nearest = Int32Array.from({ length: side }, (_, at) =>
    Math.min(Math.max(Math.ceil((at - first) / step - 0.5), 0), points - 1),
  );
  return { nearest, points, step };
}
