/** Scores of windows from what they change, where arithmetic on the graph says that this pays. */
import type { RunOptions, Scores } from './core/predictor.ts';
import type { Scene, WindowRecipe } from './core/recipe.ts';
import type { Graph } from './onnx/graph.ts';
import type { Prices } from './onnx/incremental/cost.ts';
import { bySize } from './onnx/incremental/order.ts';
import { type Plan, planning } from './onnx/incremental/plan.ts';
import { rowsBehind, rowsOfStage } from './onnx/incremental/rows.ts';
import type { Span } from './onnx/incremental/span.ts';
import { type Spread, spreadOf } from './onnx/incremental/spread.ts';
import { type Port, spanBetween } from './onnx/incremental/stage.ts';
import { cropOf, restGraph, stageGraph } from './onnx/incremental/stage-graph.ts';
import type { Weights } from './onnx/weights-in-file.ts';
import { writeModel } from './onnx/write.ts';
import { inTurns, type Pieces } from './perturb/in-turns.ts';
import type { Pool } from './workers/pool.ts';
import type { CropPort, CropStage, GraphSource, Incremental, ScoreReading } from './workers/task.ts';

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
  source: () => Pieces<IncrementalSource>,
  pool: Pick<Pool, 'boxes'>,
  prices?: Prices,
): PredictWindows {
  let made: Promise<Made> | undefined;
  let last: { readonly windows: readonly WindowRecipe[]; readonly planned: Promise<Planned | undefined> } | undefined;
  return async (scene, windows, { reading, ...run }, chosen = Array.from(windows.keys())) => {
    made ??= inTurns(madeOf(source()));
    if (!last || !areAlike(last.windows, windows)) {
      last = { windows, planned: made.then((own) => inTurns(planned(own, windows, prices))) };
    }
    const found = await last.planned;
    run.signal?.throwIfAborted();
    if (!found) return undefined;
    const rows = new Map(chosen.map((at, row) => [at, row]));
    const order = found.order.filter((at) => rows.has(at));
    const boxes = Array.from(order, (at) => found.boxes[at]!);
    const scores = await pool.boxes(found.incremental, scene, boxes, { reading, ...run });
    const targets = scores.length / order.length;
    const values = new Float64Array(scores.length);
    for (const [box, at] of order.entries()) {
      values.set(scores.subarray(box * targets, (box + 1) * targets), rows.get(at)! * targets);
    }
    return { values, forwardPasses: order.length };
  };
}

function areAlike(one: readonly WindowRecipe[], other: readonly WindowRecipe[]): boolean {
  const isAlike = ({ y, x, height, width }: WindowRecipe, at: number) =>
    y === other[at]!.y && x === other[at]!.x && height === other[at]!.height && width === other[at]!.width;
  return one.length === other.length && one.every(isAlike);
}

/** What is made of a model once. */
interface Made extends Pick<IncrementalSource, 'weights' | 'fixedBatch'> {
  readonly spread: Spread;
  /** By their keys. */
  readonly graphs: Map<string, GraphSource>;
}

function* madeOf(source: Pieces<IncrementalSource>): Pieces<Made> {
  const { graph, input, layout, ...rest } = yield* source;
  yield;
  return { spread: spreadOf(graph, input, layout), graphs: new Map(), ...rest };
}

/** What is made of some windows. */
interface Planned {
  readonly incremental: Incremental;
  /** The windows as pairs of spans. */
  readonly boxes: readonly (readonly [y: number, x: number])[];
  /** In which they run. */
  readonly order: Int32Array;
}

/** Undefined where it does not pay. */
function* planned(made: Made, windows: readonly WindowRecipe[], prices?: Prices): Pieces<Planned | undefined> {
  const plan = yield* planning(made.spread, windows, prices);
  if (!plan || plan.share > WORTHWHILE) return undefined;
  const order = yield* bySize(plan);
  return { incremental: yield* incrementalOf(plan, made), boxes: plan.changes.boxes, order };
}

function* incrementalOf({ stages, changes, last }: Plan, made: Made): Pieces<Incremental> {
  const { spread, weights, fixedBatch, graphs } = made;
  const names = [...new Set([spread.input, ...stages.flatMap(({ outputs }) => outputs.map(({ value }) => value))])];
  const numberOf = (value: string) => names.indexOf(value);
  const graph = (key: string, input: string, make: () => Graph): GraphSource => {
    const model = () => writeModel(make(), { shared: true });
    const known = graphs.get(key) ?? { key, model: model(), input, layout: 'nchw', ...(weights ? { weights } : {}) };
    graphs.set(key, known);
    return known;
  };
  const cropStages: CropStage[] = [];
  for (const stage of stages) {
    const { inputs, outputs, margins } = stage;
    const port = (own: Port, name: string): CropPort => {
      const along = (axis: 0 | 1) => packedSpans(margins[axis].map((its) => spanBetween(its, own, axis)));
      return { value: numberOf(own.value), name, fill: own.fill, spans: [along(0), along(1)] };
    };
    const key = `incremental: ${inputs.map(({ value }) => value)} to ${outputs.map(({ value }) => value)}`;
    cropStages.push({
      graph: graph(key, cropOf(inputs[0]!.value), () => stageGraph(spread, stage)),
      inputs: inputs.map((own) => port(own, cropOf(own.value))),
      outputs: outputs.map((own) => port(own, own.value)),
      rows: rowsOfStage(stage),
    });
    yield;
  }
  const rest = graph(`incremental: behind ${last.values}`, last.values[0]!, () => restGraph(spread, last));
  return {
    values: names.map((name) => {
      const { depth, height, width } = spread.grids.get(name)!;
      const along = (axis: 0 | 1) =>
        packedSpans(changes.spans[axis].map((_, number) => changes.in(name, axis, number)));
      return { shape: [depth, height, width], boxes: [along(0), along(1)] };
    }),
    stages: cropStages,
    rest: {
      graph: fixedBatch ? { ...rest, fixedBatch } : rest,
      inputs: last.values.map((name) => {
        const { height, width } = spread.grids.get(name)!;
        const whole = (axis: 0 | 1, to: number) => packedSpans(changes.spans[axis].map(() => ({ from: 0, to })));
        return { value: numberOf(name), name, fill: [0, 0, 0, 0], spans: [whole(0, height), whole(1, width)] };
      }),
      outputs: [],
      rows: fixedBatch ?? rowsBehind(spread, last),
    },
  };
}

function packedSpans(spans: readonly Span[]): Int32Array {
  const packed = new Int32Array(new SharedArrayBuffer(8 * spans.length));
  packed.set(spans.flatMap(({ from, to }) => [from, to]));
  return packed;
}
