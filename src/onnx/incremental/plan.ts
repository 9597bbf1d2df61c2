/** Which stages a graph is cut into, so that boxes of its picture cost least. */
import { type Box, type Changes, changesOf, type Spans } from './changes.ts';
import { PRICES, type Prices, restCost, stageCost } from './cost.ts';
import { type Crossing, crossingsOf } from './crossings.ts';
import type { Span } from './span.ts';
import type { Spread } from './spread.ts';
import { cropFor, type Stage, stageBetween } from './stage.ts';

/** A stage with the crop that each span of the picture needs, and what then changes in its result. */
export interface PlannedStage extends Stage {
  readonly crops: Spans;
  readonly boxes: Spans;
}

export interface Plan {
  readonly changes: Changes;
  readonly stages: readonly PlannedStage[];
  /** What runs whole lies behind it. */
  readonly last: Crossing;
  /** What all of it costs, against running the whole graph for each box. */
  readonly share: number;
}

/** The stages up to a crossing, and what they cost. */
interface Way {
  readonly stages: readonly Stage[];
  readonly cost: number;
}

/** Spans along an axis that stages are chosen by, however many there are. */
const MOST_SAMPLES = 8;

/** The cheapest stages; none where the rest is cheapest as a whole. Undefined where the graph's input has no cells that can be followed. */
export function planFor(spread: Spread, boxes: readonly Box[], prices: Prices = PRICES): Plan | undefined {
  if (!spread.grids.has(spread.input) || boxes.length === 0) return undefined;
  const changes = changesOf(spread, boxes);
  const crossings = crossingsOf(spread);
  const ways = cheapestWays(spread, changes, crossings, prices);
  const rests = crossings.map((crossing) => restCost(spread, crossing, prices));
  const totals = rests.map((rest, at) => (ways[at] ? ways[at].cost + rest : Infinity));
  const best = totals.indexOf(Math.min(...totals));
  const stages = ways[best]!.stages.map((stage): PlannedStage => {
    const boxes = changes.in(stage.to);
    return { ...stage, crops: cropsFor(stage, boxes), boxes };
  });
  return { changes, stages, last: crossings[best]!, share: totals[best]! / rests[0]! };
}

/** By dynamic programming: the cheapest way to a crossing is that to one before it, and one stage more. */
function cheapestWays(spread: Spread, changes: Changes, crossings: readonly Crossing[], prices: Prices) {
  const ways: (Way | undefined)[] = [{ stages: [], cost: 0 }];
  for (const [at, to] of crossings.entries()) {
    const boxes = changes.in(to.value).map(sampled) as [Span[], Span[]];
    for (let before = at - 1; before >= 0; before--) {
      const way = ways[before];
      const stage = way && stageBetween(spread, crossings[before]!, to);
      if (!stage) continue;
      const own = stageCost(stage, cropsFor(stage, boxes), changes.boxes.length, prices);
      const known = ways[at]?.cost ?? Infinity;
      if (own > known) break; // Longer stages to the same value cost more still.
      if (way.cost + own < known) ways[at] = { stages: [...way.stages, stage], cost: way.cost + own };
    }
  }
  return ways;
}

const cropsFor = (stage: Stage, [down, across]: Spans): Spans => [
  down.map((span) => cropFor(stage, span, 0)),
  across.map((span) => cropFor(stage, span, 1)),
];

/** Some of many spans, evenly spread from the first to the last. */
function sampled(spans: readonly Span[]): readonly Span[] {
  if (spans.length <= MOST_SAMPLES) return spans;
  const step = (spans.length - 1) / (MOST_SAMPLES - 1);
  return Array.from({ length: MOST_SAMPLES }, (_, at) => spans[Math.round(at * step)]!);
}
