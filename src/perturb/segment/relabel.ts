/** A label map whose segments are numbered 0, 1, 2, … in the order in which they first appear, row by row. */
export interface Segments {
  /** [H · W] */
  readonly labels: Int32Array;
  /** The label that each segment had before. */
  readonly originals: Int32Array;
}

/** Numbers the segments of any label map [H · W] without gaps. */
export function relabel(labels: ArrayLike<number>): Segments {
  const numbers = new Map<number, number>();
  const renumbered = new Int32Array(labels.length);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const label = labels[pixel]!;
    let number = numbers.get(label);
    if (number === undefined) numbers.set(label, (number = numbers.size));
    renumbered[pixel] = number;
  }
  return { labels: renumbered, originals: Int32Array.from(numbers.keys()) };
}
