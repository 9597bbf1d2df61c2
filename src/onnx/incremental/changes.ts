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
  /** What a span of the picture, by its number along y (0) or x (1), changes in a value that has cells. */
  in(value: string, axis: 0 | 1, number: number): Span;
}

export function changesOf(spread: Spread, boxes: readonly Box[]): Changes {
  const down = distinct(boxes.map(({ y, height }) => ({ from: y, to: y + height })));
  const across = distinct(boxes.map(({ x, width }) => ({ from: x, to: x + width })));
  const spans = [down.spans, across.spans] as const;
  /** Each span is followed when it is first asked for. */
  const known: Map<string, Span>[][] = [[], []];
  return {
    spans,
    boxes: boxes.map((_, at) => [down.numbers[at]!, across.numbers[at]!]),
    in(value, axis, number) {
      const own = (known[axis]![number] ??= spansFrom(spread, spans[axis][number]!, axis));
      return own.get(value)!;
    },
  };
}

/** The multiplications within what changes, as a share of all. */
export function boundOf({ steps }: Spread, changes: Changes): number {
  const within = steps.map(({ output, slides, multiplications }) => {
    if (!slides || multiplications === 0) return multiplications;
    const along = (axis: 0 | 1) => changes.spans[axis].map((_, number) => lengthOf(changes.in(output, axis, number)));
    const [heights, widths] = [along(0), along(1)];
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
