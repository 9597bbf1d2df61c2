/** What running parts of a graph takes, counted in multiplications of a convolution: by arithmetic alone, never by a clock. */
import { type Spans, sum } from './changes.ts';
import type { Crossing } from './crossings.ts';
import { sizeOfOne } from './multiplications.ts';
import { lengthOf, type Span } from './span.ts';
import type { Spread, Step } from './spread.ts';
import { lengthsOn, type Stage } from './stage.ts';

/** Prices in multiplications. */
export interface Prices {
  /** Of each number that a node computes, whatever it is made of. */
  readonly result: number;
  /** How much longer a number of a crop takes than one of the whole: its rows are short. */
  readonly short: number;
  /** Of each number that is put into a crop, or handed back. */
  readonly copy: number;
  /** Of each number of a whole map, copied in one go. */
  readonly map: number;
  /** Of each run, however many crops it has. */
  readonly run: number;
}

/** About what was measured with ONNX Runtime on a processor with AVX-512. */
export const PRICES: Prices = { result: 12, short: 1.15, copy: 80, map: 20, run: 4_000_000 };

/** How many crops of a size run together, about. */
const TOGETHER = 8;

/**
 * What a stage takes for each crop, on average.
 * @param crops their spans along y and x, as often as they occur
 * @param count how many crops there are
 */
export function stageCost(stage: Stage, crops: Spans, count: number, prices: Prices): number {
  const { steps, fromGrid, toGrid, fill } = stage;
  const [heights, widths] = [meanLengths(stage, crops[0], 0), meanLengths(stage, crops[1], 1)];
  const computing = steps.map((step, at) => resultCost(step, prices) * heights.results[at]! * widths.results[at]!);
  const copied = fromGrid.depth * (heights.crop + fill[0] + fill[2]) * (widths.crop + fill[1] + fill[3]);
  const handed = toGrid.depth * heights.results.at(-1)! * widths.results.at(-1)!;
  const sizes = new Set(crops[0].map(lengthOf)).size * new Set(crops[1].map(lengthOf)).size;
  const runs = Math.min(1, sizes / count + 1 / TOGETHER);
  return prices.short * sum(computing) + prices.copy * (copied + handed) + prices.run * runs;
}

/** What the rest of a graph takes behind a value, whole. */
export function restCost({ graph, steps, grids }: Spread, { value, after }: Crossing, prices: Prices): number {
  const computed = steps
    .slice(after)
    .map((step) => step.multiplications + prices.result * sizeOfOne(graph.values.get(step.output)?.shape));
  const { depth, height, width } = grids.get(value)!;
  return sum(computed) + prices.map * depth * height * width;
}

/** For each cell of the result. */
function resultCost({ multiplications, slides, depth }: Step, { result }: Prices): number {
  const [y, x] = slides!;
  return multiplications / (y.results * x.results) + result * depth;
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
