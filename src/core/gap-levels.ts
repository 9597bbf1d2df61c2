/** The equations that missing pixels satisfy as weighted means of their neighbours, at the picture's size, its half, and so on. */

/** Which pixels of a picture are missing. */
export interface Gaps {
  readonly height: number;
  readonly width: number;
  /** 1 where a pixel is missing [height · width]. */
  readonly missing: Uint8Array;
}

const NEIGHBOURS = [
  [-1, -1, 1 / 12],
  [-1, 0, 1 / 6],
  [-1, 1, 1 / 12],
  [0, -1, 1 / 6],
  [0, 1, 1 / 6],
  [1, -1, 1 / 12],
  [1, 0, 1 / 6],
  [1, 1, 1 / 12],
] as const;
export const REACH = NEIGHBOURS.length;
/** Of the neighbours, in their order. */
export const WEIGHTS = Float64Array.from(NEIGHBOURS, ([, , weight]) => weight);

/** The equations of the missing pixels. Vectors have an entry for each, and a 0 behind for what is not missing. */
export interface Level {
  /** The missing pixels, in order. */
  readonly pixels: Uint32Array;
  /** For each the numbers of its neighbours among the missing ones; the number behind the last for others. */
  readonly beside: Uint32Array;
  /** For each the sum of the weights of the neighbours that lie on the picture. */
  readonly total: Float64Array;
  /** For each the number of the missing pixel of the half-sized picture that it lies in, or the number behind the last. */
  readonly parent: Uint32Array;
}

/** The picture's equations, those of its half, and so on as long as pixels are missing. */
export function pyramid(gaps: Gaps): Level[] {
  const half = halved(gaps);
  const level = levelOf(gaps, half);
  return half.missing.length > 1 && half.missing.includes(1) ? [level, ...pyramid(half)] : [level];
}

/** A pixel of the half is missing where all of its four are. */
function halved({ height, width, missing }: Gaps): Gaps {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const few = new Uint8Array(half.height * half.width).fill(1);
  missing.forEach((isMissing, at) => {
    if (isMissing === 0) few[halfOf(at, width)] = 0;
  });
  return { ...half, missing: few };
}

/** The pixel of the half-sized picture that a pixel lies in. */
const halfOf = (at: number, width: number) =>
  Math.floor(Math.floor(at / width) / 2) * Math.ceil(width / 2) + Math.floor((at % width) / 2);

function levelOf({ height, width, missing }: Gaps, half: Gaps): Level {
  const numbers = numbersOf(missing);
  const parents = numbersOf(half.missing);
  const pixels = Uint32Array.from([...missing.keys()].filter((at) => missing[at] === 1));
  const beside = new Uint32Array(pixels.length * REACH).fill(pixels.length);
  const total = new Float64Array(pixels.length);
  pixels.forEach((pixel, unknown) => {
    forEachNeighbour(pixel, height, width, (neighbour, side) => {
      beside[unknown * REACH + side] = numbers[neighbour]!;
      total[unknown]! += WEIGHTS[side]!;
    });
  });
  return { pixels, beside, total, parent: pixels.map((pixel) => parents[halfOf(pixel, width)]!) };
}

/** For each missing pixel its number, for others the number behind the last. */
function numbersOf(missing: Uint8Array): Uint32Array {
  const count = missing.reduce((sum, isMissing) => sum + isMissing, 0);
  let next = 0;
  return Uint32Array.from(missing, (isMissing) => (isMissing === 1 ? next++ : count));
}

/** Calls `receive` with each neighbour that lies on the picture, and on which side it is. */
export function forEachNeighbour(
  pixel: number,
  height: number,
  width: number,
  receive: (neighbour: number, side: number) => void,
): void {
  const [y, x] = [Math.floor(pixel / width), pixel % width];
  for (let side = 0; side < REACH; side++) {
    const [row, column] = [y + NEIGHBOURS[side]![0], x + NEIGHBOURS[side]![1]];
    if (row >= 0 && row < height && column >= 0 && column < width) receive(row * width + column, side);
  }
}
