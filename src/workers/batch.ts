/** Recipes to batches: fills one reused buffer and runs a session on it. */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { applyRecipe, type Recipe, type Scene } from '../core/recipe.ts';
import { sizeOf } from '../core/tensor.ts';
import { numbersOf, tensorOf } from './elements.ts';
import type { GraphSource } from './task.ts';

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

type Feeds = Record<string, Tensor>;

/**
 * Fills one buffer with up to `capacity` rows at a time. A graph with a dynamic batch never runs a single row: kernels for one
 * row round differently from those for several, and the same recipe must give the same bytes in every batch.
 */
export function batchFeeder(graph: GraphSource, scene: Scene, capacity: number): (rows: readonly BatchRow[]) => Feeds {
  const { shape } = scene.picture;
  const [channels, height, width] = shape as [number, number, number];
  const length = sizeOf(shape);
  const rowsOf = (used: number) => graph.fixedBatch ?? Math.max(2, used);
  const pixels = new Float32Array(rowsOf(capacity) * length);
  const planar = graph.layout === 'nhwc' ? new Float32Array(length) : undefined;
  const dims = graph.layout === 'nhwc' ? [height, width, channels] : shape;

  const baselines = graph.reference ? new Float32Array(pixels.length) : undefined;
  if (baselines) for (let row = 0; row < rowsOf(capacity); row++) put({ kind: 'path', alpha: 0 }, baselines, row);

  function put(recipe: Recipe, rows: Float32Array, row: number): void {
    const slot = rows.subarray(row * length, (row + 1) * length);
    applyRecipe(scene, recipe, planar ?? slot);
    if (planar) interleave(planar, slot, channels);
  }

  return (rows) => {
    const count = rowsOf(rows.length);
    for (let row = 0; row < count; row++) {
      if (row < rows.length) put(rows[row]!.recipe, pixels, row);
      else pixels.copyWithin(row * length, 0, length);
    }
    const tensor = (values: Float32Array) =>
      tensorOf(graph.type ?? 'float32', values.subarray(0, count * length), [count, ...dims]);
    const feeds: Feeds = { [graph.input]: tensor(pixels) };
    if (graph.reference) feeds[graph.reference] = tensor(baselines!);
    if (graph.target) feeds[graph.target] = targetsOf(rows, count);
    return feeds;
  };
}

/** Runs up to `capacity` rows at a time. */
export function batchRunner(session: InferenceSession, graph: GraphSource, scene: Scene, capacity: number) {
  const feed = batchFeeder(graph, scene, capacity);
  return async (rows: readonly BatchRow[], outputs: readonly string[]): Promise<Outputs> => {
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
