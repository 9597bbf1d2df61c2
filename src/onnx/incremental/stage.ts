/** A part of a graph between two cuts, run on crops of the values at the first. */
import type { Cut } from './cuts.ts';
import type { Grid } from './grid.ts';
import { hull, neededBetweenPads, neededBy, type Slide, type Span } from './span.ts';
import type { Pair, Spread, Step } from './spread.ts';

/** Padding that is part of the crop: zeros where that lies outside of the value, in front (y, x) and behind (y, x). */
export type Fill = readonly [top: number, left: number, bottom: number, right: number];

/** A value that a stage reads, or hands on. */
export interface Port {
  readonly value: string;
  readonly grid: Grid;
  /** A crop of it leaves out so many cells, or a multiple. */
  readonly every: Pair;
  readonly fill: Fill;
}

export interface Stage {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly Step[];
  /** Of each step's result. */
  readonly every: readonly Pair[];
  /** The nodes that read the fill in the place of their own padding. */
  readonly filled: ReadonlySet<Step>;
}

/** What a crop leaves out of each value along an axis, in units of the value's `every`. */
export interface Margins {
  readonly before: number;
  readonly behind: number;
}

const NO_FILL: Fill = [0, 0, 0, 0];

/** Undefined where the parts between two cuts are no crops of each other. */
export function stageBetween({ steps: all, grids, strides }: Spread, from: Cut, to: Cut): Stage | undefined {
  const steps = all.slice(from.after, to.after);
  const isAlike = ({ inputs }: Step) =>
    inputs.every((name) => strides.get(name)?.join() === strides.get(inputs[0]!)?.join());
  if (!steps.every((step) => step.slides && isAlike(step))) return undefined;
  const read = new Set(steps.flatMap(({ inputs }) => inputs));
  const [ins, outs] = [
    from.values.filter((name) => read.has(name)),
    to.values.filter((name) => !from.values.includes(name)),
  ];
  const [tall, wide] = ([0, 1] as const).map((axis) =>
    Math.max(...[...ins, ...steps.map(({ output }) => output)].map((name) => strides.get(name)![axis])),
  ) as [number, number];
  const everyOf = (name: string): Pair => [tall / strides.get(name)![0], wide / strides.get(name)![1]];
  const filled = new Map(ins.map((name) => [name, filledReaders(steps, name)]));
  const port = (value: string): Port => {
    const [first] = filled.get(value) ?? [];
    return { value, grid: grids.get(value)!, every: everyOf(value), fill: first ? padsOf(first) : NO_FILL };
  };
  const stage: Stage = {
    inputs: ins.map(port),
    outputs: outs.map(port),
    steps,
    every: steps.map(({ output }) => everyOf(output)),
    filled: new Set([...filled.values()].flat()),
  };
  const everies = [...stage.inputs.map(({ every }) => every), ...stage.every];
  return outs.length > 0 && everies.flat().every(Number.isInteger) ? stage : undefined;
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
 * Along y (0) or x (1): the smallest crops that give a part of each output. They leave out as many units of each value before them as of
 * any other, and behind them likewise, so that cells fall where they do in the whole.
 */
export function marginsFor(
  { inputs, outputs, steps, filled }: Stage,
  wanted: (value: string) => Span,
  axis: 0 | 1,
): Margins {
  const needed = new Map(outputs.map(({ value }) => [value, wanted(value)]));
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!;
    const results = needed.get(step.output);
    if (!results) continue;
    const reads = (filled.has(step) ? neededBetweenPads : neededBy)(results, step.slides![axis]);
    for (const name of step.inputs) {
      const known = needed.get(name);
      needed.set(name, known ? hull(known, reads) : reads);
    }
  }
  let [before, behind] = [Infinity, Infinity];
  for (const { value, grid, every } of [...inputs, ...outputs]) {
    const span = needed.get(value);
    if (!span) continue;
    before = Math.min(before, Math.floor(span.from / every[axis]));
    behind = Math.min(behind, Math.floor((lengthAlong(grid, axis) - span.to) / every[axis]));
  }
  return { before, behind };
}

/** The part of a port's value that a crop has, its fill not counted. */
export function spanBetween({ before, behind }: Margins, { grid, every }: Port, axis: 0 | 1): Span {
  return { from: before * every[axis], to: lengthAlong(grid, axis) - behind * every[axis] };
}

/** How many cells the result of a step has on a crop. */
export const lengthBetween = ({ before, behind }: Margins, step: Step, every: Pair, axis: 0 | 1): number =>
  step.slides![axis].results - (before + behind) * every[axis];

const lengthAlong = ({ height, width }: Grid, axis: 0 | 1) => (axis === 0 ? height : width);
