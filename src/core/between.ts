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

/** The same as a matrix [pixels · cells], by which cells are multiplied from the left. */
export function interpolation({ lower, upper, share }: Between, cells: number): Float32Array {
  const matrix = new Float32Array(lower.length * cells);
  for (let pixel = 0; pixel < lower.length; pixel++) {
    matrix[pixel * cells + lower[pixel]!]! += 1 - share[pixel]!;
    matrix[pixel * cells + upper[pixel]!]! += share[pixel]!;
  }
  return matrix;
}

/** The pixels next to which the pair of cells changes, and the outermost: between them all values are monotone. */
export function turningPixels({ lower }: Between): number[] {
  return Array.from(lower.keys()).filter((pixel) => {
    return lower[pixel - 1] !== lower[pixel] || lower[pixel + 1] !== lower[pixel];
  });
}
