/**
 * Which coalitions of M segments KernelSHAP asks about. All coalitions of size s together have the Shapley kernel's mass
 * (M − 1) / (s (M − s)): C(M, s) of them, each of weight (M − 1) / (C(M, s) s (M − s)).
 */
import { random } from '../core/random.ts';
import { made, type Pieces } from './in-turns.ts';

export interface Coalitions {
  /** 1 for each segment that takes part [n][M]. */
  readonly masks: readonly Uint8Array[];
  /** How much each counts [n]. */
  readonly weights: Float64Array;
  /** Those from here on were drawn, in pairs if `enumerated`; those before are all there are of their sizes. */
  readonly drawnFrom: number;
}

/** Coalitions. */
const PER_PIECE = 128;

interface Weighted {
  readonly mask: Uint8Array;
  readonly weight: number;
}

/**
 * Sizes 1 and M − 1, 2 and M − 2, … as a whole, as long as drawing `samples` coalitions would be expected to draw that many
 * of them; the rest are drawn in pairs, a coalition and its complement, and share the mass that is left. With 2ᴹ − 2 or more
 * samples these are all coalitions.
 */
export function* enumeratedCoalitions(segments: number, samples: number, seed: number): Pieces<Coalitions> {
  const sizes = Array.from({ length: Math.floor(segments / 2) }, (_, at) => at + 1);
  const masses = sizes.map((size) => (size === segments - size ? 1 : 2) * sizeMass(segments, size));
  const found: Weighted[] = [];
  let left = masses.reduce((sum, mass) => sum + mass, 0);
  let whole = 0;
  for (; whole < sizes.length; whole++) {
    const [size, mass] = [sizes[whole]!, masses[whole]!];
    const isHalf = size === segments - size;
    const count = (isHalf ? 1 : 2) * choose(segments, size);
    if (((samples - found.length) * mass) / left < count * (1 - 1e-9)) break;
    for (const members of subsets(segments, size)) {
      if (found.length % PER_PIECE < 2) yield;
      const mask = maskOf(members, segments);
      found.push({ mask, weight: mass / count });
      if (!isHalf) found.push({ mask: complement(mask), weight: mass / count });
    }
    left -= mass;
  }
  const drawnFrom = found.length;
  const pairs = whole < sizes.length ? Math.floor((samples - found.length) / 2) : 0;
  const [few, shares] = [sizes.slice(whole), masses.slice(whole)];
  for (const mask of yield* made(0, pairs, (at) => drawn(segments, few, shares, seed, at))) {
    const weight = left / (2 * pairs);
    found.push({ mask, weight }, { mask: complement(mask), weight });
  }
  return { masks: found.map(({ mask }) => mask), weights: Float64Array.from(found, ({ weight }) => weight), drawnFrom };
}

/** An order of pairs in which the whole sizes, shuffled, and what is drawn are spread evenly, so that any first part stands for all. */
export function spreadOrder({ masks, drawnFrom }: Coalitions, seed: number): Int32Array {
  const pairs = Array.from({ length: Math.ceil(masks.length / 2) }, (_, pair) => pair);
  const whole = shuffled(pairs.slice(0, drawnFrom / 2), seed);
  const drawn = pairs.slice(whole.length);
  const placed = [whole, drawn].flatMap((some) => some.map((pair, at) => ({ pair, place: (at + 0.5) / some.length })));
  const order = placed.sort((one, other) => one.place - other.place).flatMap(({ pair }) => [2 * pair, 2 * pair + 1]);
  return Int32Array.from(order.filter((at) => at < masks.length));
}

/** The first `count` in an order, in whole pairs: those of whole sizes and those drawn share the mass that all of them had. */
export function firstCoalitions(
  { masks, weights, drawnFrom }: Coalitions,
  order: Int32Array,
  count: number,
): Coalitions {
  const chosen = order.subarray(0, count - (count % 2));
  const whole = chosen.filter((at) => at < drawnFrom).length;
  const shares = [drawnFrom / whole, (masks.length - drawnFrom) / (chosen.length - whole)] as const;
  return {
    masks: Array.from(chosen, (at) => masks[at]!),
    weights: Float64Array.from(chosen, (at) => weights[at]! * shares[at < drawnFrom ? 0 : 1]),
    drawnFrom: 0,
  };
}

function shuffled(numbers: readonly number[], seed: number): number[] {
  const { integer } = random(seed, -1);
  const order = [...numbers];
  for (let at = order.length - 1; at > 0; at--) {
    const other = integer(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** As captum does: sizes drawn by their mass, then a coalition of that size; each counts the same. */
export function* drawnCoalitions(segments: number, samples: number, seed: number): Pieces<Coalitions> {
  const sizes = Array.from({ length: segments - 1 }, (_, at) => at + 1);
  const masses = sizes.map((size) => sizeMass(segments, size));
  const count = sizes.length === 0 ? 0 : samples;
  const masks = yield* made(0, count, (at) => drawn(segments, sizes, masses, seed, at));
  return { masks, weights: new Float64Array(masks.length).fill(1), drawnFrom: 0 };
}

const sizeMass = (segments: number, size: number) => (segments - 1) / (size * (segments - size));

/** A coalition of a size drawn by its mass, its members drawn evenly. */
function drawn(
  segments: number,
  sizes: readonly number[],
  masses: readonly number[],
  seed: number,
  index: number,
): Uint8Array {
  const { uniform, integer } = random(seed, index);
  let place = uniform() * masses.reduce((sum, mass) => sum + mass, 0);
  const size = sizes.find((_, at) => (place -= masses[at]!) < 0) ?? sizes.at(-1)!;
  const order = Uint16Array.from({ length: segments }, (_, segment) => segment);
  for (let at = 0; at < size; at++) {
    const other = at + integer(segments - at);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return maskOf(order.subarray(0, size), segments);
}

function maskOf(members: ArrayLike<number>, segments: number): Uint8Array {
  const mask = new Uint8Array(segments);
  for (let at = 0; at < members.length; at++) mask[members[at]!] = 1;
  return mask;
}

const complement = (mask: Uint8Array): Uint8Array => mask.map((bit) => 1 - bit);

/** All sets of `size` of the numbers below `count`, in lexical order. */
function* subsets(count: number, size: number): Generator<number[]> {
  const members = Array.from({ length: size }, (_, at) => at);
  for (;;) {
    yield [...members];
    let last = size - 1;
    while (last >= 0 && members[last] === count - size + last) last--;
    if (last < 0) return;
    members[last]!++;
    for (let at = last + 1; at < size; at++) members[at] = members[at - 1]! + 1;
  }
}

/** The binomial coefficient; Infinity beyond all numbers. */
function choose(count: number, size: number): number {
  let ways = 1;
  for (let at = 1; at <= size; at++) ways = (ways * (count - size + at)) / at;
  return ways;
}
