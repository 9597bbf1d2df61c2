/** Which stages a graph is cut into, so that windows of its picture cost least. */

import { PRICES, type Prices, restCost, stageCost } from './cost.ts';
import { type Crossing, crossingsOf } from './crossings.ts';
import { lengthOf, type Span } from './span.ts';
import { type Spread, spansFrom } from './spread.ts';
import { cropFor, type Stage, stageBetween } from './stage.ts';

/** A rectangle of the picture that changes. */
export interface Box {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** By the number of a span along y, and along x. */
type Spans = readonly [y: readonly Span[], x: readonly Span[]];

/** A stage with the crop that each span of the picture needs, and what then changes in its result. */
export interface PlannedStage extends Stage {
  readonly crops: Spans;
  readonly boxes: Spans;
}

export interface Plan {
  readonly stages: readonly PlannedStage[];
  /** What runs whole lies behind it. */
  readonly last: Crossing;
  /** For each box its spans, by their numbers. */
  readonly boxes: readonly (readonly [y: number, x: number])[];
  /** The spans of the picture. */
  readonly spans: Spans;
  /** What all of it costs, against running the whole graph for each box. */
  readonly share: number;
  /** The multiplications within what changes, against all. */
  readonly bound: number;
}

/** The cheapest way through all stages, for boxes of the picture. */
export function planFor(spread: Spread, boxes: readonly Box[], prices: Prices = PRICES): Plan | undefined {
  const grid = spread.grids.get(spread.input);
  if (!grid || boxes.length === 0) return undefined;
  const [ys, xs] = [
    distinct(boxes.map(({ y, height }) => ({ from: y, to: y + height }))),
    distinct(boxes.map(({ x, width }) => ({ from: x, to: x + width }))),
  ];
  const changed = [
    ys.spans.map((span) => spansFrom(spread, span, 0)),
    xs.spans.map((span) => spansFrom(spread, span, 1)),
  ] as const;
  const changedIn = (value: string): Spans => [
    changed[0].map((of) => of.get(value)!),
    changed[1].map((of) => of.get(value)!),
  ];
  const crossings = crossingsOf(spread);
  const whole = restCost(spread, crossings[0]!, prices);
  const ways: Way[] = [{ cost: 0, stages: [] }];
  crossings.forEach((to, at) => {
    if (at === 0) return;
    const out = changedIn(to.value);
    for (let before = at - 1; before >= 0; before--) {
      const way = ways[before];
      const stage = way && stageBetween(spread, crossings[before]!, to);
      if (!stage) continue;
      const crops: Spans = [
        out[0].map((span) => cropFor(stage, span, 0)),
        out[1].map((span) => cropFor(stage, span, 1)),
      ];
      const own = stageCost(stage, crops, boxes.length, prices);
      if (own > (ways[at]?.cost ?? Infinity)) break; // longer stages cost more
      const cost = way.cost + own;
      if (cost < (ways[at]?.cost ?? Infinity))
        ways[at] = { cost, stages: [...way.stages, { ...stage, crops, boxes: out }] };
    }
  });
  const totals = crossings.map((crossing, at) =>
    ways[at] ? ways[at].cost + restCost(spread, crossing, prices) : Infinity,
  );
  const best = totals.indexOf(Math.min(...totals));
  return {
    stages: ways[best]!.stages,
    last: crossings[best]!,
    boxes: boxes.map((_, at) => [ys.numbers[at]!, xs.numbers[at]!]),
    spans: [ys.spans, xs.spans],
    share: totals[best]! / whole,
    bound: boundOf(
      spread,
      changed,
      boxes.map((_, at) => [ys.numbers[at]!, xs.numbers[at]!]),
    ),
  };
}

interface Way {
  readonly cost: number;
  readonly stages: readonly PlannedStage[];
}

/** The multiplications within what changes, against all. */
function boundOf(
  { steps }: Spread,
  [alongY, alongX]: readonly [readonly Map<string, Span>[], readonly Map<string, Span>[]],
  boxes: readonly (readonly [number, number])[],
): number {
  const shares = steps.map(({ output, slides, multiplications }) => {
    if (!slides || multiplications === 0) return multiplications;
    const [heights, widths] = [alongY, alongX].map((maps) => maps.map((spans) => lengthOf(spans.get(output)!)));
    const cells = boxes.reduce((total, [y, x]) => total + heights![y]! * widths![x]!, 0);
    return (multiplications * cells) / (boxes.length * slides[0].results * slides[1].results);
  });
  const all = steps.reduce((total, { multiplications }) => total + multiplications, 0);
  return shares.reduce((a, b) => a + b, 0) / all;
}

function distinct(spans: readonly Span[]): { readonly spans: Span[]; readonly numbers: number[] } {
  const known = new Map<string, number>();
  const found: Span[] = [];
  const numbers = spans.map((span) => {
    const key = `${span.from}-${span.to}`;
    if (!known.has(key)) known.set(key, found.push(span) - 1);
    return known.get(key)!;
  });
  return { spans: found, numbers };
}
