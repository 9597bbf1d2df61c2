/** Linear interpolation between cells along one axis of a picture. */

/** Each pixel lies between two cells: value = (1 − share) · lower + share · upper. */
export interface Between {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly share: Float64Array;
}

/** From the place of each pixel among the cells, cell 0 being at 0; beyond the outermost cells their values go on. */
export function between(places: Float64Array, cells: number): Between {
  const inside = places.map((place) => Math.min(Math.max(place, 0), cells - 1));
  const lower = Int32Array.from(inside, Math.floor);
  return {
    lower,
    upper: lower.map((cell) => Math.min(cell + 1, cells - 1)),
    share: inside.map((place, pixel) => place - lower[pixel]!),
  };
}

/** Cells [rows · columns] interpolated along x [rows · pixels]. */
export function widened(cells: ArrayLike<number>, columns: number, { lower, upper, share }: Between): Float32Array {
  const width = share.length;
  const wide = new Float32Array((cells.length / columns) * width);
  for (let from = 0, pixel = 0; from < cells.length; from += columns) {
    for (let x = 0; x < width; x++) {
      const start = cells[from + lower[x]!]!;
      wide[pixel++] = start + share[x]! * (cells[from + upper[x]!]! - start);
    }
  }
  return wide;
}

/** The pixels next to which the pair of cells changes, and the outermost: between them all values are monotone. */
export function turningPixels({ lower }: Between): number[] {
  return Array.from(lower.keys()).filter((pixel) => {
    return lower[pixel - 1] !== lower[pixel] || lower[pixel + 1] !== lower[pixel];
  });
}
