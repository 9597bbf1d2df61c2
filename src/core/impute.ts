/**
 * Fills missing pixels in from those around them: each is the weighted mean of its neighbours, known or missing, of which the
 * four beside it count 1/6 each and the four across 1/12; where the picture ends the rest is scaled to sum to 1. This is a
 * sparse, symmetric, positive definite system. It is solved by conjugate gradients, preconditioned by a V-cycle over the
 * picture at half its size, and half of that, …
 * @see https://arxiv.org/abs/2202.00449
 */

/** Which pixels of a picture are missing. */
export interface Gaps {
  readonly height: number;
  readonly width: number;
  /** 1 where a pixel is missing [height · width]. */
  readonly missing: Uint8Array;
}

/** Fills in the missing pixels of each channel of `values` [channels · height · width], in place; zeros where all are missing. */
export function impute(values: Float32Array, gaps: Gaps): void {
  const plane = gaps.missing.length;
  const levels = pyramid(gaps);
  const { pixels } = levels[0]!;
  for (let first = 0; first < values.length; first += plane) {
    const channel = values.subarray(first, first + plane);
    const solution = pixels.length < plane ? solved(knownAround(channel, gaps), levels) : new Float64Array(plane);
    for (let unknown = 0; unknown < pixels.length; unknown++) channel[pixels[unknown]!] = solution[unknown]!;
  }
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
const REACH = NEIGHBOURS.length;
const WEIGHTS = Float64Array.from(NEIGHBOURS, ([, , weight]) => weight);

/** The equations of the missing pixels. Vectors have an entry for each, and a 0 behind for what is not missing. */
interface Level {
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
function pyramid(gaps: Gaps): Level[] {
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

function forEachNeighbour(
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

/** The right-hand side: for each missing pixel the weighted sum of its known neighbours. */
function knownAround(channel: Float32Array, { height, width, missing }: Gaps): Float64Array {
  const sums: number[] = [];
  for (let pixel = 0; pixel < missing.length; pixel++) {
    if (missing[pixel] === 0) continue;
    let sum = 0;
    forEachNeighbour(pixel, height, width, (neighbour, side) => {
      if (missing[neighbour] === 0) sum += WEIGHTS[side]! * channel[neighbour]!;
    });
    sums.push(sum);
  }
  return Float64Array.from([...sums, 0]);
}

/** Of the residual's norm to that of the right-hand side, where the rounds end. */
const TOLERANCE = 1e-5;
const MOST_ROUNDS = 1000;

/** Preconditioned conjugate gradients. */
function solved(right: Float64Array, levels: readonly Level[]): Float64Array {
  const solution = new Float64Array(right.length);
  const residual = right.slice();
  const enough = TOLERANCE ** 2 * dot(right, right);
  const direction = new Float64Array(right.length);
  let product = 1;
  for (let round = 0; round < MOST_ROUNDS && dot(residual, residual) > enough; round++) {
    const corrected = cycle(residual, levels, 0);
    const before = product;
    product = dot(residual, corrected);
    addScaled(corrected, round === 0 ? 0 : product / before, direction);
    direction.set(corrected);
    const image = applied(direction, levels[0]!);
    const length = product / dot(direction, image);
    addScaled(solution, length, direction);
    addScaled(residual, -length, image);
  }
  return solution;
}

/** About what has to be added where `residual` is left: smoothed, corrected by the half-sized picture, smoothed again. */
function cycle(residual: Float64Array, levels: readonly Level[], at: number): Float64Array {
  const level = levels[at]!;
  const correction = new Float64Array(residual.length);
  smooth(correction, residual, level);
  const coarser = levels[at + 1];
  if (coarser) {
    const left = residual.slice();
    addScaled(left, -1, applied(correction, level));
    const restricted = new Float64Array(coarser.pixels.length + 1);
    for (let unknown = 0; unknown < level.parent.length; unknown++)
      restricted[level.parent[unknown]!]! += left[unknown]!;
    restricted[coarser.pixels.length] = 0;
    const coarse = cycle(restricted, levels, at + 1);
    for (let unknown = 0; unknown < level.parent.length; unknown++)
      correction[unknown]! += coarse[level.parent[unknown]!]!;
  }
  smooth(correction, residual, level);
  return correction;
}

/** A damped Jacobi step. */
function smooth(solution: Float64Array, right: Float64Array, level: Level): void {
  const image = applied(solution, level);
  for (let unknown = 0; unknown < level.total.length; unknown++) {
    solution[unknown]! += (0.7 * (right[unknown]! - image[unknown]!)) / level.total[unknown]!;
  }
}

/** For each missing pixel: total · its value − Σ weight · missing neighbour. */
function applied(values: Float64Array, { beside, total }: Level): Float64Array {
  const result = new Float64Array(values.length);
  for (let unknown = 0, at = 0; unknown < total.length; unknown++) {
    let sum = total[unknown]! * values[unknown]!;
    for (let side = 0; side < REACH; side++, at++) sum -= WEIGHTS[side]! * values[beside[at]!]!;
    result[unknown] = sum;
  }
  return result;
}

function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += factor * from[at]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
