/** Sums over rectangles of a map, each from four numbers. */

/** Sums over all pixels above and left of each corner, [height + 1, width + 1]. */
export function integral(values: ArrayLike<number>, height: number, width: number): Float64Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += values[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  return sums;
}

/** The sum over a rectangle of a map of the given width. */
export function sumWithin(
  sums: Float64Array,
  {
    y,
    x,
    height,
    width: across,
  }: { readonly y: number; readonly x: number; readonly height: number; readonly width: number },
  width: number,
): number {
  const at = (row: number, column: number) => sums[row * (width + 1) + column]!;
  return at(y + height, x + across) - at(y, x + across) - at(y + height, x) + at(y, x);
}
