/** Recipes to batches: paints them in one place and runs a session on it. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Recipe } from '../core/recipe.ts';
import { sizeOf } from '../core/tensor.ts';
import { createCanvas } from './canvas.ts';
import { numbersOf, tensorOf } from './elements.ts';
import type { Task } from './task.ts';

/** A row of a batch: the recipe and, for a graph with a target input, the class whose score is differentiated. */
export interface BatchRow {
  readonly recipe: Recipe;
  readonly target?: number;
}

export interface Numbers {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
export type Outputs = { readonly [name: string]: Numbers };

type BatchTask = Pick<Task, 'graph' | 'scene' | 'batch'>;
type Feeds = Record<string, Tensor>;

/**
 * Paints up to `batch` rows at a time. Where that is more than one, a graph with a dynamic batch never runs a single row: kernels
 * for one row may round differently from those for several, and the same recipe must give the same bytes in every batch.
 */
export function batchFeeder({ graph, scene, batch }: BatchTask): (rows: readonly BatchRow[]) => Feeds {
  const { shape } = scene.picture;
  const [channels, height, width] = shape as [number, number, number];
  const length = sizeOf(shape);
  const rowsOf = (used: number) => graph.fixedBatch ?? Math.max(Math.min(2, batch), used);
  const canvas = createCanvas(scene, batch);
  const isLast = graph.layout === 'nhwc';
  const turned = isLast ? new Float32Array(batch * length) : undefined;
  const dims = isLast ? [height, width, channels] : shape;

  /** The pictures of recipes, as the graph wants them. */
  function painted(recipes: readonly Recipe[]): Float32Array {
    for (const [row, recipe] of recipes.entries()) canvas.paint(recipe, row);
    const planar = canvas.view().subarray(0, recipes.length * length);
    if (!turned) return planar;
    for (const row of recipes.keys()) interleave(slot(planar, row), slot(turned, row), channels);
    return turned.subarray(0, planar.length);
  }
  const slot = (rows: Float32Array, row: number) => rows.subarray(row * length, (row + 1) * length);

  const baselines = graph.reference && painted(new Array<Recipe>(batch).fill({ kind: 'path', alpha: 0 })).slice();

  return (rows) => {
    const count = rowsOf(rows.length);
    const pixels = painted(Array.from({ length: count }, (_, at) => (rows[at] ?? rows[0]!).recipe));
    const tensor = (values: Float32Array) => tensorOf(graph.type ?? 'float32', values, [count, ...dims]);
    const feeds: Feeds = { [graph.input]: tensor(pixels) };
    if (graph.reference) feeds[graph.reference] = tensor((baselines as Float32Array).subarray(0, pixels.length));
    if (graph.target) feeds[graph.target] = targetsOf(rows, count);
    return feeds;
  };
}

export type BatchRunner = (rows: readonly BatchRow[], outputs: readonly string[]) => Promise<Outputs>;

/** Runs up to `batch` rows at a time. */
export function batchRunner(session: InferenceSession, task: BatchTask): BatchRunner {
  const feed = batchFeeder(task);
  return async (rows, outputs) => {
    const results = await session.run(feed(rows), [...outputs]);
    return Object.fromEntries(
      outputs.map((name) => [name, { data: numbersOf(results[name]!), shape: results[name]!.dims }]),
    );
  };
}

function targetsOf(rows: readonly BatchRow[], count: number): Tensor {
  const targets = Array.from({ length: count }, (_, at) => BigInt(rows[at]?.target ?? 0));
  return new Tensor('int64', BigInt64Array.from(targets), [count]);
}

/** [C, H · W] to [H · W, C]. */
function interleave(planar: Float32Array, out: Float32Array, channels: number): void {
  const plane = planar.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) out[pixel * channels + channel] = planar[channel * plane + pixel]!;
  }
}
