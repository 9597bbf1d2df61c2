/** How many crops, or maps, run at once. */
import type { Crossing } from './crossings.ts';
import type { PlannedStage } from './plan.ts';
import { lengthOf } from './span.ts';
import type { Spread } from './spread.ts';
import { lengthsOn } from './stage.ts';

/** Numbers in one value of a batch, so that a processor's cache holds it. */
const CACHED = 2 ** 18;
/** The same behind all stages, where weights are many: they are read once for all rows. */
const CACHED_BEHIND = 2 ** 21;
/** A lone row would be rounded otherwise. */
const LEAST = 2;
const MOST = 64;

export const rowsOfStage = (stage: PlannedStage): number => rowsWithin(CACHED, largestOn(stage));

export function rowsBehind({ steps, grids }: Spread, { value, after }: Crossing): number {
  const read = steps.slice(after).map(({ output }) => grids.get(output));
  const sizes = [grids.get(value), ...read].map((grid) => (grid ? grid.depth * grid.height * grid.width : 0));
  return rowsWithin(CACHED_BEHIND, Math.max(...sizes));
}

const rowsWithin = (numbers: number, row: number) => Math.min(MOST, Math.max(LEAST, Math.floor(numbers / row)));

/** How many numbers the largest value of a stage has on its largest crop. */
function largestOn(stage: PlannedStage): number {
  const [heights, widths] = ([0, 1] as const).map((axis) => longest(stage, axis)) as [number[], number[]];
  const depths = [stage.fromGrid.depth, ...stage.steps.map(({ depth }) => depth)];
  return Math.max(...depths.map((depth, at) => depth * heights[at]! * widths[at]!));
}

/** Of the crop and of each step's result. */
function longest(stage: PlannedStage, axis: 0 | 1): number[] {
  const lengths = stage.crops[axis].map((crop) => [lengthOf(crop), ...lengthsOn(stage, crop, axis)]);
  return lengths.reduce((most, own) => most.map((length, at) => Math.max(length, own[at]!)));
}
