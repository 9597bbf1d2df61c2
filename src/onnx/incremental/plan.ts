/** Which stages a graph is cut into, so that boxes of its picture cost least. */
import { type Box, type Changes, changesOf } from './changes.ts';
import { PRICES, type Prices, restCost, stageCost } from './cost.ts';
import { type Cut, cutsOf } from './cuts.ts';
import type { Spread } from './spread.ts';
import { type Margins, marginsFor, type Stage, stageBetween } from './stage.ts';

/** By the number of a span along y, and along x. */
export type MarginsOfSpans = readonly [y: readonly Margins[], x: readonly Margins[]];

/** A stage with the crops that each span of the picture needs. */
export interface PlannedStage extends Stage {
  readonly margins: MarginsOfSpans;
}

export interface Plan {
  readonly changes: Changes;
  readonly stages: readonly PlannedStage[];
  /** What runs whole lies behind it. */
  readonly last: Cut;
  /** What all of it costs, against running the whole graph for each box. */
  readonly share: number;
}

/** The stages up to a cut, and what they cost. */
interface Way {
  readonly stages: readonly Stage[];
  readonly cost: number;
}

/** Spans along an axis that stages are chosen by, however many there are. */
const MOST_SAMPLES = 8;

/**
 * The cheapest stages; none where the rest is cheapest as a whole. Undefined where the graph's input has no cells that can be followed.
 * Yields every few milliseconds at least, as the thread may have other work.
 */
export function* planning(
  spread: Spread,
  boxes: readonly Box[],
  prices: Prices = PRICES,
): Generator<void, Plan | undefined, void> {
  if (!spread.grids.has(spread.input) || boxes.length === 0) return undefined;
  const changes = changesOf(spread, boxes);
  yield;
  const cuts = cutsOf(spread);
  const ways = yield* cheapestWays(spread, changes, cuts, prices);
  const rests = cuts.map((cut) => restCost(spread, cut, prices));
  const totals = rests.map((rest, at) => (ways[at] ? ways[at].cost + rest : Infinity));
  const best = totals.indexOf(Math.min(...totals));
  const stages: PlannedStage[] = [];
  for (const stage of ways[best]!.stages) {
    stages.push({ ...stage, margins: marginsOf(stage, changes, changes.spans.map(numbersOf)) });
    yield;
  }
  return { changes, stages, last: cuts[best]!, share: totals[best]! / rests[0]! };
}

/** By dynamic programming: the cheapest way to a cut is that to one before it, and one stage more. */
function* cheapestWays(
  spread: Spread,
  changes: Changes,
  cuts: readonly Cut[],
  prices: Prices,
): Generator<void, (Way | undefined)[], void> {
  const ways: (Way | undefined)[] = [{ stages: [], cost: 0 }];
  const some = changes.spans.map((spans) => sampled(numbersOf(spans)));
  for (const axis of [0, 1] as const) {
    for (const number of some[axis]!) {
      changes.in(spread.input, axis, number);
      yield;
    }
  }
  for (const [at, to] of cuts.entries()) {
    for (let before = at - 1; before >= 0; before--) {
      const way = ways[before];
      const stage = way && stageBetween(spread, cuts[before]!, to);
      if (!stage) continue;
      const own = stageCost(stage, marginsOf(stage, changes, some), changes.boxes.length, prices);
      yield;
      const known = ways[at]?.cost ?? Infinity;
      if (own > known) break; // Longer stages to the same cut cost more still.
      if (way.cost + own < known) ways[at] = { stages: [...way.stages, stage], cost: way.cost + own };
    }
  }
  return ways;
}

/** Of some spans of the picture, by their numbers. */
function marginsOf(stage: Stage, changes: Changes, numbers: readonly (readonly number[])[]): MarginsOfSpans {
  const along = (axis: 0 | 1) =>
    numbers[axis]!.map((number) => marginsFor(stage, (value) => changes.in(value, axis, number), axis));
  return [along(0), along(1)];
}

const numbersOf = (items: readonly unknown[]): number[] => items.map((_, at) => at);

/** Some of many, evenly spread from the first to the last. */
function sampled(numbers: readonly number[]): readonly number[] {
  if (numbers.length <= MOST_SAMPLES) return numbers;
  const step = (numbers.length - 1) / (MOST_SAMPLES - 1);
  return Array.from({ length: MOST_SAMPLES }, (_, at) => numbers[Math.round(at * step)]!);
}
