/** What part of the photo the model saw, in photo pixels. The model's input covers `crop` evenly. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** x, y, width, height; fractions of a pixel are possible. */
  readonly crop: readonly [number, number, number, number];
}

/**
 * Where the cells of a map lie on the model's input: the centre of cell (i, j) is pixel
 * (originY + i · stepY, originX + j · stepX), where the centre of the first pixel is 0.
 */
export interface Lattice {
  readonly originY: number;
  readonly originX: number;
  readonly stepY: number;
  readonly stepX: number;
}

/** One cell for each pixel. */
export const PIXELS: Lattice = { originY: 0, originX: 0, stepY: 1, stepX: 1 };
