/** What running parts of a graph takes, counted in multiplications of a convolution: by arithmetic alone, never by a clock. */
import { lengthsOn, type Stage } from './stage.ts';
import { lengthOf, type Span } from './span.ts';
import type { Spread, Step } from './spread.ts';

/** For each number that a node computes, whatever it is made of. */
const RESULT = 12;
/** How much longer a number of a crop takes than one of the whole: its rows are short. */
const SHORT = 1.15;
/** For each number that is put into a crop, or handed back. */
const COPY = 80;
/** For each number of a whole map, copied in one go. */
const MAP = 20;
/** How many crops of a size run together, about. */
const TOGETHER = 8;
/** For each run, however many crops it has. */
const RUN = 4_000_000;

/**
 * What a stage takes for each crop, on average.
 * @param crops their spans along y and x, as often as they occur
 * @param count how many crops there are
 */
export function stageCost(stage: Stage, crops: readonly [y: readonly Span[], x: readonly Span[]], count: number): number {
  const { steps, fromGrid, toGrid, fill } = stage;
  const [heights, widths] = [meanLengths(stage, crops[0], 0), meanLengths(stage, crops[1], 1)];
  const computing = steps.map((step, at) => resultCost(step) * heights.results[at]! * widths.results[at]!);
  const copied = fromGrid.depth * (heights.crop + fill[0] + fill[2]) * (widths.crop + fill[1] + fill[3]);
  const handed = toGrid.depth * heights.results.at(-1)! * widths.results.at(-1)!;
  const sizes = new Set(crops[0].map(lengthOf)).size * new Set(crops[1].map(lengthOf)).size;
  return SHORT * sum(computing) + COPY * (copied + handed) + RUN * Math.min(1, sizes / count + 1 / TOGETHER);
}

/** What the rest of a graph takes behind a value, whole. */
export function restCost({ graph, steps, grids }: Spread, value: string, after: number): number {
  const computed = steps.slice(after).map((step) => step.multiplications + RESULT * sizeOf(graph.values.get(step.output)?.shape));
  const { depth, height, width } = grids.get(value)!;
  return sum(computed) + MAP * depth * height * width;
}

/** For each cell of the result. */
function resultCost({ multiplications, slides, depth }: Step): number {
  const [y, x] = slides!;
  return multiplications / (y.results * x.results) + RESULT * depth;
}

function meanLengths(stage: Stage, crops: readonly Span[], axis: 0 | 1) {
  const results = stage.steps.map(() => 0);
  let crop = 0;
  for (const span of crops) {
    crop += lengthOf(span) / crops.length;
    lengthsOn(stage, span, axis).forEach((length, at) => {
      results[at]! += length / crops.length;
    });
  }
  return { crop, results };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

const sizeOf = (shape: readonly (number | string)[] = []) =>
  shape.reduce<number>((product, length) => product * (typeof length === 'number' ? length : 1), 1);
