/** What running parts of a graph takes, counted in multiplications of a convolution: by arithmetic alone, never by a clock. */
import { sum } from './changes.ts';
import type { Cut } from './cuts.ts';
import { sizeOfOne } from './multiplications.ts';
import { lengthOf } from './span.ts';
import type { Spread, Step } from './spread.ts';
import { lengthBetween, type Margins, type Port, type Stage, spanBetween } from './stage.ts';

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
 * @param margins of some crops along y and x
 * @param count how many crops there are
 */
export function stageCost(
  stage: Stage,
  margins: readonly [readonly Margins[], readonly Margins[]],
  count: number,
  prices: Prices,
): number {
  const { inputs, outputs, steps, every } = stage;
  /** Of a length along y times one along x. */
  const meanCells = (length: (margins: Margins, axis: 0 | 1) => number) =>
    mean(margins[0], (own) => length(own, 0)) * mean(margins[1], (own) => length(own, 1));
  const computing = steps.map(
    (step, at) => resultCost(step, prices) * meanCells((own, axis) => lengthBetween(own, step, every[at]!, axis)),
  );
  const copying = [...inputs, ...outputs].map(
    (port) => port.grid.depth * meanCells((own, axis) => lengthOf(spanBetween(own, port, axis)) + filling(port, axis)),
  );
  const sizes = margins.map((own) => new Set(own.map(({ before, behind }) => before + behind)).size);
  const runs = Math.min(1, (sizes[0]! * sizes[1]!) / count + 1 / TOGETHER);
  return prices.short * sum(computing) + prices.copy * sum(copying) + prices.run * runs;
}

/** What the rest of a graph takes behind a cut, whole. */
export function restCost({ graph, steps, grids }: Spread, { values, after }: Cut, prices: Prices): number {
  const computed = steps
    .slice(after)
    .map((step) => step.multiplications + prices.result * sizeOfOne(graph.values.get(step.output)?.shape));
  const copied = values.map((value) => {
    const { depth, height, width } = grids.get(value)!;
    return depth * height * width;
  });
  return sum(computed) + prices.map * sum(copied);
}

const filling = ({ fill }: Port, axis: 0 | 1) => fill[axis] + fill[axis + 2]!;

/** For each cell of the result. */
function resultCost({ multiplications, slides, depth }: Step, { result }: Prices): number {
  const [y, x] = slides!;
  return multiplications / (y.results * x.results) + result * depth;
}

function mean<T>(items: readonly T[], number: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += number(item);
  return total / items.length;
}
