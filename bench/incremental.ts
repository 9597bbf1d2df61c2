/** Occlusion that computes only what a window changes, beside whole passes of plain sessions. */
import type { Photo, ScoreRequest } from '../src/core/predictor.ts';
import type { WindowRecipe } from '../src/core/recipe.ts';
import { sharedTensor } from '../src/core/tensor.ts';
import type { Model } from '../src/model.ts';
import { boundOf, changesOf } from '../src/onnx/incremental/changes.ts';
import { spreadOf } from '../src/onnx/incremental/spread.ts';
import { windows } from '../src/perturb/window.ts';

/** As a type, as interfaces are no records. */
export type IncrementalRate = {
  /** Windows per second, against passes per second of raw: 1 is brute force at the limit of the hardware. */
  readonly speedup: number;
  /** The speed-up that arithmetic allows: all multiplications ÷ those within what the windows change. */
  readonly bound: number;
  /** Against whole passes, as a share of the scores' range. */
  readonly maxError: number;
};

/** How many windows are also scored by whole passes. */
const CHECKED = 48;

/**
 * Windows of a 14th of the input's shorter side (16 at 224 pixels), half of that apart. Undefined for a model that runs whole passes
 * because arithmetic says so. The first call opens sessions: its speed-up says little.
 * @param raw passes per second of plain sessions; measured before and after
 */
export async function incrementalRate(
  model: Model,
  photo: Photo,
  raw: () => Promise<number>,
  signal?: AbortSignal,
): Promise<IncrementalRate | undefined> {
  const { picture } = await model.prepare(photo);
  const scene = { picture, baseline: sharedTensor(picture.shape) };
  const logits = await model.logits(picture, { signal });
  const top = logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  const request: ScoreRequest = { targets: [top], score: 'logit', signal };
  const boxes = boxesOf(model);
  const before = await raw();
  const begin = performance.now();
  const found = await model.predictIncrementally?.(scene, boxes, request);
  const seconds = (performance.now() - begin) / 1000;
  if (!found) return undefined;
  const after = await raw();
  const some = Array.from({ length: CHECKED }, (_, at) => Math.floor((at * boxes.length) / CHECKED));
  const recipes = some.map((at) => boxes[at]!);
  const { values: whole } = await model.predict(scene, recipes, request);
  const errors = some.map((at, row) => Math.abs(found.values[at]! - whole[row]!));
  const spread = spreadOf(model.graph, model.input, model.layout);
  return {
    speedup: boxes.length / seconds / ((before + after) / 2),
    bound: 1 / boundOf(spread, changesOf(spread, boxes)),
    maxError: Math.max(...errors) / (Math.max(...whole) - Math.min(...whole)),
  };
}

function boxesOf({ inputSize: [height, width] }: Model): WindowRecipe[] {
  const side = Math.max(2, Math.round(Math.min(height, width) / 14));
  const step = Math.floor(side / 2);
  const size = { height: side, width: side };
  return windows({ height, width }, size, { height: step, width: step }).map((box) => ({ kind: 'window', ...box }));
}
