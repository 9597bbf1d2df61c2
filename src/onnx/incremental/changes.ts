/** What boxes of the picture change in the values of a graph. Boxes of a grid share their spans: each is followed once. */
import { lengthOf, type Span } from './span.ts';
import { type Spread, spansFrom } from './spread.ts';

/** A rectangle of the picture. */
export interface Box {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** By the number of a span along y, and along x. */
export type Spans = readonly [y: readonly Span[], x: readonly Span[]];

export interface Changes {
  /** The spans of the picture. */
  readonly spans: Spans;
  /** The numbers of each box's spans. */
  readonly boxes: readonly (readonly [y: number, x: number])[];
  /** What each span of the picture changes in a value that has cells. */
  in(value: string): Spans;
}

export function changesOf(spread: Spread, boxes: readonly Box[]): Changes {
  const down = distinct(boxes.map(({ y, height }) => ({ from: y, to: y + height })));
  const across = distinct(boxes.map(({ x, width }) => ({ from: x, to: x + width })));
  const rows = down.spans.map((span) => spansFrom(spread, span, 0));
  const columns = across.spans.map((span) => spansFrom(spread, span, 1));
  const known = new Map<string, Spans>();
  const changedIn = (value: string): Spans => [
    rows.map((spans) => spans.get(value)!),
    columns.map((spans) => spans.get(value)!),
  ];
  return {
    spans: [down.spans, across.spans],
    boxes: boxes.map((_, at) => [down.numbers[at]!, across.numbers[at]!]),
    in(value) {
      const found = known.get(value) ?? changedIn(value);
      known.set(value, found);
      return found;
    },
  };
}

/** The multiplications within what changes, as a share of all. */
export function boundOf({ steps }: Spread, changes: Changes): number {
  const within = steps.map(({ output, slides, multiplications }) => {
    if (!slides || multiplications === 0) return multiplications;
    const [heights, widths] = changes.in(output).map((spans) => spans.map(lengthOf)) as [number[], number[]];
    const cells = changes.boxes.reduce((total, [y, x]) => total + heights[y]! * widths[x]!, 0);
    return (multiplications * cells) / (changes.boxes.length * slides[0].results * slides[1].results);
  });
  const all = steps.map(({ multiplications }) => multiplications);
  return sum(within) / sum(all);
}

export const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function distinct(spans: readonly Span[]): { readonly spans: Span[]; readonly numbers: number[] } {
  const known = new Map<number, number>();
  const found: Span[] = [];
  const most = spans.reduce((last, { to }) => Math.max(last, to), 0) + 1;
  const numbers = spans.map((span) => {
    const key = span.from * most + span.to;
    if (!known.has(key)) known.set(key, found.push(span) - 1);
    return known.get(key)!;
  });
  return { spans: found, numbers };
}
