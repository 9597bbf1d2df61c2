/** Scores of windows from what they change, where arithmetic on the graph says that this pays. */
import type { RunOptions, Scores } from './core/predictor.ts';
import type { Scene, WindowRecipe } from './core/recipe.ts';
import type { Graph } from './onnx/graph.ts';
import type { Prices } from './onnx/incremental/cost.ts';
import { bySize } from './onnx/incremental/order.ts';
import { type Plan, type PlannedStage, planFor } from './onnx/incremental/plan.ts';
import { lengthOf } from './onnx/incremental/span.ts';
import { type Spread, spreadOf } from './onnx/incremental/spread.ts';
import { lengthsOn } from './onnx/incremental/stage.ts';
import { CROP, restGraph, stageGraph } from './onnx/incremental/stage-graph.ts';
import type { Weights } from './onnx/weights-in-file.ts';
import { writeModel } from './onnx/write.ts';
import type { Pool } from './workers/pool.ts';
import type { CropStage, GraphSource, Incremental, ScoreReading } from './workers/task.ts';

export interface IncrementalSource {
  /** With shapes inferred, and the logits as its only output. */
  readonly graph: Graph;
  readonly input: string;
  readonly layout: 'nchw' | 'nhwc';
  readonly weights?: Weights | undefined;
  readonly fixedBatch?: number | undefined;
}

type PredictWindows = (
  scene: Scene,
  windows: readonly WindowRecipe[],
  request: { readonly reading: ScoreReading } & RunOptions,
) => Promise<Scores | undefined>;

/** What stages may cost at most against brute force, by arithmetic. */
const WORTHWHILE = 0.85;
/** Numbers in one value of a batch that a processor's cache holds. */
const CACHED = 2 ** 18;
/** The same for the rest, whose weights are many: they are read once for all rows. */
const CACHED_OF_REST = 2 ** 21;

/**
 * Scores of windows, stage by stage. Undefined where the graph's operators, or what windows change, leave too little to win.
 * @param prices tests put others here, for stages in models that are too small for them
 */
export function incrementalScores(
  source: () => IncrementalSource,
  pool: Pick<Pool, 'boxes'>,
  prices?: Prices,
): PredictWindows {
  let made: { readonly spread: Spread; readonly graphs: Map<string, GraphSource> } | undefined;
  let last: { readonly key: string; readonly plan: Plan | undefined } | undefined;
  return async (scene, windows, { reading, ...run }) => {
    const given = source();
    made ??= { spread: spreadOf(given.graph, given.input, given.layout), graphs: new Map() };
    const key = JSON.stringify(windows);
    if (last?.key !== key) last = { key, plan: planFor(made.spread, windows, prices) };
    const { plan } = last;
    if (!plan || plan.share > WORTHWHILE) return undefined;
    const order = bySize(plan);
    const incremental = incrementalOf(plan, made.spread, given, made.graphs);
    const boxes = order.map((at) => plan.boxes[at]!);
    const scores = await pool.boxes(incremental, scene, boxes, { reading, ...run });
    const targets = scores.length / windows.length;
    const values = new Float64Array(scores.length);
    for (const [row, at] of order.entries()) {
      values.set(scores.subarray(row * targets, (row + 1) * targets), at * targets);
    }
    return { values, forwardPasses: windows.length };
  };
}

function incrementalOf(
  plan: Plan,
  spread: Spread,
  given: IncrementalSource,
  graphs: Map<string, GraphSource>,
): Incremental {
  const { value, after } = plan.last;
  const graph = (key: string, input: string, make: () => Graph): GraphSource => {
    const known = graphs.get(key) ?? {
      key,
      model: writeModel(make(), { shared: true }),
      input,
      layout: 'nchw',
      ...(given.weights ? { weights: given.weights } : {}),
    };
    graphs.set(key, known);
    return known;
  };
  const rest = graph(`incremental: behind '${value}'`, value, () => restGraph(spread, plan.last));
  const { depth, height, width } = spread.grids.get(value)!;
  return {
    stages: plan.stages.map((stage): CropStage => {
      const { from, to, fromGrid, stride, fill, crops, boxes } = stage;
      return {
        graph: graph(`incremental: '${from}' to '${to}'`, CROP, () => stageGraph(spread, stage)),
        output: to,
        shape: [fromGrid.depth, fromGrid.height, fromGrid.width],
        stride,
        fill,
        crops,
        boxes,
        rows: rowsWithin(CACHED, largestOn(stage)),
      };
    }),
    rest: given.fixedBatch ? { ...rest, fixedBatch: given.fixedBatch } : rest,
    shape: [depth, height, width],
    rows: given.fixedBatch ?? rowsWithin(CACHED_OF_REST, largestOfRest(spread, after, depth * height * width)),
    spans: plan.spans,
  };
}

const LEAST_ROWS = 2;
const MOST_ROWS = 64;
const rowsWithin = (numbers: number, row: number) =>
  Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(numbers / row)));

/** How many numbers the largest value of a stage has on its largest crop. */
function largestOn(stage: PlannedStage): number {
  const longest = ([0, 1] as const).map((axis) => {
    const lengths = stage.crops[axis].map((crop) => [lengthOf(crop), ...lengthsOn(stage, crop, axis)]);
    return lengths.reduce((a, b) => a.map((length, at) => Math.max(length, b[at]!)));
  });
  const depths = [stage.fromGrid.depth, ...stage.steps.map(({ depth }) => depth)];
  return Math.max(...depths.map((depth, at) => depth * longest[0]![at]! * longest[1]![at]!));
}

function largestOfRest({ steps, grids }: Spread, after: number, input: number): number {
  const sizes = steps.slice(after).map(({ output }) => grids.get(output));
  return Math.max(input, ...sizes.map((grid) => (grid ? grid.depth * grid.height * grid.width : 0)));
}
