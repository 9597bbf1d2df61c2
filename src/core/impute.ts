/**
 * Fills missing pixels in from those around them: each is the weighted mean of its neighbours, known or missing, of which the
 * four beside it count 1/6 each and the four across 1/12; where the picture ends the rest is scaled to sum to 1. This is a
 * sparse, symmetric, positive definite system. It is solved by conjugate gradients, preconditioned by a V-cycle over the
 * picture at half its size, and half of that, …
 * @see https://arxiv.org/abs/2202.00449
 */
import { forEachNeighbour, type Gaps, type Level, pyramid, REACH, WEIGHTS } from './gap-levels.ts';

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
  addJacobi(correction, residual, level);
  const coarser = levels[at + 1];
  if (coarser) {
    const restricted = new Float64Array(coarser.pixels.length + 1);
    const left = remainder(residual, correction, level);
    level.parent.forEach((half, unknown) => {
      restricted[half]! += left[unknown]!;
    });
    restricted[coarser.pixels.length] = 0;
    const coarse = cycle(restricted, levels, at + 1);
    level.parent.forEach((half, unknown) => {
      correction[unknown]! += coarse[half]!;
    });
  }
  addJacobi(correction, remainder(residual, correction, level), level);
  return correction;
}

/** A damped step that makes `residual` smooth. */
function addJacobi(solution: Float64Array, residual: Float64Array, { total }: Level): void {
  for (let unknown = 0; unknown < total.length; unknown++) {
    solution[unknown]! += (0.7 * residual[unknown]!) / total[unknown]!;
  }
}

function remainder(right: Float64Array, solution: Float64Array, level: Level): Float64Array {
  const left = right.slice();
  addScaled(left, -1, applied(solution, level));
  return left;
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
