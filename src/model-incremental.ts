/** Scores of windows from what they change, where arithmetic on the graph says that this pays. */
import type { RunOptions, Scores } from './core/predictor.ts';
import type { Scene, WindowRecipe } from './core/recipe.ts';
import type { Graph } from './onnx/graph.ts';
import type { Prices } from './onnx/incremental/cost.ts';
import { bySize } from './onnx/incremental/order.ts';
import { type Plan, planFor } from './onnx/incremental/plan.ts';
import { rowsBehind, rowsOfStage } from './onnx/incremental/rows.ts';
import { type Spread, spreadOf } from './onnx/incremental/spread.ts';
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
  chosen?: readonly number[],
) => Promise<Scores | undefined>;

/** What stages may cost at most against brute force, by arithmetic. */
const WORTHWHILE = 0.85;

/**
 * Scores of windows, stage by stage, or of those that are chosen; the stages are those of all. Undefined where the graph's operators,
 * or what windows change, leave too little to win.
 * @param prices tests put others here, for stages in models that are too small for them
 */
export function incrementalScores(
  source: () => IncrementalSource,
  pool: Pick<Pool, 'boxes'>,
  prices?: Prices,
): PredictWindows {
  let made: Made | undefined;
  let last: { readonly key: string; readonly plan: Plan | undefined } | undefined;
  return async (scene, windows, { reading, ...run }, chosen = Array.from(windows.keys())) => {
    made ??= madeOf(source());
    const key = JSON.stringify(windows);
    if (last?.key !== key) last = { key, plan: planFor(made.spread, windows, prices) };
    const { plan } = last;
    if (!plan || plan.share > WORTHWHILE) return undefined;
    const rows = new Map(chosen.map((at, row) => [at, row]));
    const order = bySize(plan).filter((at) => rows.has(at));
    const boxes = order.map((at) => plan.changes.boxes[at]!);
    const scores = await pool.boxes(incrementalOf(plan, made), scene, boxes, { reading, ...run });
    const targets = scores.length / order.length;
    const values = new Float64Array(scores.length);
    for (const [box, at] of order.entries()) {
      values.set(scores.subarray(box * targets, (box + 1) * targets), rows.get(at)! * targets);
    }
    return { values, forwardPasses: order.length };
  };
}

/** What is made of a model once. */
interface Made extends Pick<IncrementalSource, 'weights' | 'fixedBatch'> {
  readonly spread: Spread;
  /** By their keys. */
  readonly graphs: Map<string, GraphSource>;
}

const madeOf = ({ graph, input, layout, ...rest }: IncrementalSource): Made => ({
  spread: spreadOf(graph, input, layout),
  graphs: new Map(),
  ...rest,
});

function incrementalOf(plan: Plan, { spread, graphs, weights, fixedBatch }: Made): Incremental {
  const { value } = plan.last;
  const graph = (key: string, input: string, make: () => Graph): GraphSource => {
    const known = graphs.get(key) ?? {
      key,
      model: writeModel(make(), { shared: true }),
      input,
      layout: 'nchw',
      ...(weights ? { weights } : {}),
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
        rows: rowsOfStage(stage),
      };
    }),
    rest: fixedBatch ? { ...rest, fixedBatch } : rest,
    shape: [depth, height, width],
    rows: fixedBatch ?? rowsBehind(spread, plan.last),
    spans: plan.changes.spans,
  };
}
