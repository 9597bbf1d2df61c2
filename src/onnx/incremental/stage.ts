/** A part of a graph between two values that all paths go through, run on a crop of the first. */
import type { Crossing } from './crossings.ts';
import type { Grid } from './grid.ts';
import { hull, lengthOf, neededBetweenPads, neededBy, type Slide, type Span } from './span.ts';
import type { Spread, Step } from './spread.ts';

/** Padding that is part of the crop: zeros where that lies outside of the value, in front (y, x) and behind (y, x). */
export type Fill = readonly [top: number, left: number, bottom: number, right: number];

export interface Stage {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
  readonly fromGrid: Grid;
  readonly toGrid: Grid;
  /** How many cells of `from` each cell of `to` lies from the next. */
  readonly stride: readonly [y: number, x: number];
  readonly fill: Fill;
  /** The nodes that read the fill in the place of their own padding. */
  readonly filled: ReadonlySet<Step>;
}

/** Undefined where the parts between two values are no crops of each other. */
export function stageBetween(spread: Spread, from: Crossing, to: Crossing): Stage | undefined {
  const steps = spread.steps.slice(from.after, to.after);
  const strides = new Map<string, readonly [number, number]>([[from.value, [1, 1]]]);
  for (const { inputs, output, slides } of steps) {
    const [first, ...others] = inputs.map((name) => strides.get(name));
    if (!slides || !first || others.some((stride) => stride?.join() !== first.join())) return undefined;
    strides.set(output, [first[0] * slides[0].stride, first[1] * slides[1].stride]);
  }
  const filled = filledReaders(steps, from.value);
  return {
    from: from.value,
    to: to.value,
    steps,
    fromGrid: spread.grids.get(from.value)!,
    toGrid: spread.grids.get(to.value)!,
    stride: strides.get(to.value)!,
    fill: filled.length > 0 ? padsOf(filled[0]!) : [0, 0, 0, 0],
    filled: new Set(filled),
  };
}

/** The convolutions that read a value and pad it, as far as they do it alike. */
function filledReaders(steps: readonly Step[], value: string): Step[] {
  const padded = steps.filter(
    ({ node, slides }) =>
      node.op === 'Conv' && node.inputs[0] === value && slides!.some(isPadded) && slides!.every(isWide),
  );
  return padded.filter((step) => padsOf(step).join() === padsOf(padded[0]!).join());
}

const isPadded = ({ begin, end }: Slide) => begin + end > 0;
const isWide = ({ extent, begin, end }: Slide) => extent > begin + end;

const padsOf = ({ slides }: Step): Fill => {
  const [y, x] = slides!;
  return [y.begin, x.begin, y.end, x.end];
};

/**
 * Along y (0) or x (1): which part of `from`, its fill not counted, gives a part of `to`. It begins at a multiple of the stride and ends
 * as far from the end as another, so that its cells fall where they do in the whole.
 */
export function cropFor({ from, to, steps, filled, fromGrid, stride }: Stage, wanted: Span, axis: 0 | 1): Span {
  const needed = new Map([[to, wanted]]);
  for (const step of steps.toReversed()) {
    const results = needed.get(step.output);
    if (!results) continue;
    const reads = (filled.has(step) ? neededBetweenPads : neededBy)(results, step.slides![axis]);
    for (const name of step.inputs) {
      const known = needed.get(name);
      needed.set(name, known ? hull(known, reads) : reads);
    }
  }
  const span = needed.get(from)!;
  const [length, every] = [axis === 0 ? fromGrid.height : fromGrid.width, stride[axis]];
  const start = Math.floor(span.from / every) * every;
  return { from: start, to: length - Math.floor((length - span.to) / every) * every };
}

/** Along y (0) or x (1): how many cells the result of each step has on a crop. */
export function lengthsOn({ from, steps }: Stage, crop: Span, axis: 0 | 1): number[] {
  const lengths = new Map([[from, lengthOf(crop)]]);
  return steps.map(({ inputs, output, slides }) => {
    const { cells, results, stride } = slides![axis];
    const length = results - (cells - lengths.get(inputs[0]!)!) / stride;
    lengths.set(output, length);
    return length;
  });
}
