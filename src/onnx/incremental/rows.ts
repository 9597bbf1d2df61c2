/** How many crops, or maps, run at once. */
import type { Cut } from './cuts.ts';
import type { PlannedStage } from './plan.ts';
import { lengthOf } from './span.ts';
import type { Spread } from './spread.ts';
import { lengthBetween, type Margins, spanBetween } from './stage.ts';

/** Numbers in one value of a batch, so that a processor's cache holds it. */
const CACHED = 2 ** 18;
/** The same behind all stages, where weights are many: they are read once for all rows. */
const CACHED_BEHIND = 2 ** 21;
/** A lone row would be rounded otherwise. */
const LEAST = 2;
const MOST = 64;

export const rowsOfStage = (stage: PlannedStage): number => rowsWithin(CACHED, largestOn(stage));

export function rowsBehind({ steps, grids }: Spread, { values, after }: Cut): number {
  const read = [...values, ...steps.slice(after).map(({ output }) => output)].map((value) => grids.get(value));
  return rowsWithin(CACHED_BEHIND, Math.max(...read.map((grid) => (grid ? grid.depth * grid.height * grid.width : 0))));
}

const rowsWithin = (numbers: number, row: number) => Math.min(MOST, Math.max(LEAST, Math.floor(numbers / row)));

/** How many numbers the largest value of a stage has on its largest crop. */
function largestOn({ inputs, steps, every, margins }: PlannedStage): number {
  const [down, across] = margins.map(smallest) as [Margins, Margins];
  const cells = (length: (margins: Margins, axis: 0 | 1) => number) => length(down, 0) * length(across, 1);
  const read = inputs.map((port) => port.grid.depth * cells((own, axis) => lengthOf(spanBetween(own, port, axis))));
  const made = steps.map((step, at) => step.depth * cells((own, axis) => lengthBetween(own, step, every[at]!, axis)));
  return Math.max(...read, ...made);
}

/** The margins of the largest crop. */
const smallest = (margins: readonly Margins[]): Margins =>
  margins.reduce((least, own) => (own.before + own.behind < least.before + least.behind ? own : least));
