/** The bridge to the pool: weighted sums of ∂(score of a class)/∂(a value of the graph) over perturbed pictures. */
import type { RunOptions } from '../core/predictor.ts';
import type { Scene } from '../core/recipe.ts';
import type { ScoreKind } from '../core/score.ts';
import { batchFirst } from '../onnx/batch-first.ts';
import type { Graph } from '../onnx/graph.ts';
import { writeModel } from '../onnx/write.ts';
import type { GraphSource, Row } from '../workers/task.ts';
import { backwardGraph } from './backward.ts';
import type { Differentiable } from './differentiable.ts';
import { scoreGraph } from './score-graph.ts';

export interface GradientRequest extends RunOptions {
  /** The picture input, or an inner value. */
  readonly wrt: string;
  /** The axis of `wrt` that the pictures stand at. Default: 0. */
  readonly batchAxis?: number;
  readonly score: ScoreKind;
  readonly classes: number;
}

/** What the rows of one group add up to. */
export interface GradientSum {
  /** Σ weight · gradient, of the value's shape without the batch; pictures channels first. */
  readonly gradient: Float64Array;
  /** Σ weight · value; for inner values only. */
  readonly value: Float64Array | undefined;
  readonly shape: readonly number[];
}

/** One sum for each group, in order. Every row is one forward and one backward pass. */
export async function gradientSums(
  model: Differentiable,
  scene: Scene,
  rows: readonly Row[],
  { wrt, batchAxis = 0, score, classes, ...run }: GradientRequest,
): Promise<GradientSum[]> {
  const { source, outputs } = differentiated(model, wrt, batchAxis, score, classes);
  const { values, shapes } = await model.sums(source, scene, rows, { outputs, ...run });
  const channelsLast = wrt === model.input && model.layout === 'nhwc';
  return values.map(([gradient, value]) =>
    channelsLast
      ? { gradient: planar(gradient!, scene.picture.shape[0]!), value, shape: scene.picture.shape }
      : { gradient: gradient!, value, shape: shapes[0]! },
  );
}

interface Differentiated {
  readonly source: GraphSource;
  readonly outputs: readonly string[];
}
const differentiatedGraphs = new WeakMap<Graph, Map<string, Differentiated>>();

/** The backward graph of a model, made when first asked for and kept as long as the model. */
function differentiated(
  model: Differentiable,
  wrt: string,
  batchAxis: number,
  score: ScoreKind,
  classes: number,
): Differentiated {
  const kept = differentiatedGraphs.get(model.graph) ?? new Map<string, Differentiated>();
  differentiatedGraphs.set(model.graph, kept);
  const key = `gradient of the ${score} by '${wrt}'`;
  const made = kept.get(key) ?? differentiate(model, wrt, batchAxis, score, classes, key);
  kept.set(key, made);
  return made;
}

function differentiate(
  model: Differentiable,
  wrt: string,
  batchAxis: number,
  score: ScoreKind,
  classes: number,
  key: string,
): Differentiated {
  const { input, layout, folder } = model;
  const scored = scoreGraph(model.graph, model.output, score, model.activation);
  const moved = batchFirst(scored.graph, wrt, batchAxis);
  const { graph, seed, gradients } = backwardGraph(moved.graph, { output: scored.output, wrt: [moved.value] });
  const batch = graph.inputs.find(({ name }) => name === input)?.shape?.[0];
  return {
    source: {
      key,
      model: writeModel(graph, { shared: true }),
      input,
      layout,
      seed: { name: seed, classes },
      ...(folder === undefined ? {} : { folder }),
      ...(typeof batch === 'number' ? { fixedBatch: batch } : {}),
    },
    outputs: [...gradients.values(), ...(wrt === input ? [] : [moved.value])],
  };
}

/** [H · W, C] to [C, H · W]. */
function planar(interleaved: Float64Array, channels: number): Float64Array {
  const plane = interleaved.length / channels;
  return Float64Array.from(interleaved, (_, at) => interleaved[(at % plane) * channels + Math.floor(at / plane)]!);
}
