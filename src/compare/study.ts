/** What metrics work on: the picture, and of each attribution its map at every pixel of the model's input. */
import { type Attribution, spatialMap } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Classifier, Picture, Prepared } from '../core/predictor.ts';
import { onInput } from '../core/sample.ts';
import { probabilities } from '../core/score.ts';
import { columnNames } from './column-names.ts';
import type { Item, Study } from './metrics/metric.ts';
import { grainOf, RANDOM_MAPS, randomMap } from './metrics/random-maps.ts';

export interface Studied {
  readonly study: Study;
  /** For each attribution the number of its item; −1 where its map is constant. */
  readonly itemOf: readonly number[];
  /** What there is to say of the maps that cannot be measured. */
  readonly warnings: readonly (string | undefined)[];
}

/**
 * @throws `ERR_OPTION` for attributions of another picture, model or size; `ERR_NOT_FINITE` where values are no numbers
 */
export async function studyOf(
  model: Classifier,
  image: Picture,
  attributions: readonly Attribution[],
  seed: number,
  signal: AbortSignal | undefined,
): Promise<Studied> {
  const prepared = await model.prepare(image);
  const names = columnNames(attributions).map((name, at) => `${name} of ${attributions[at]!.target.label}`);
  const probability = probabilities(await model.logits(prepared.picture, { signal }), model.activation);
  for (const [at, attribution] of attributions.entries()) {
    checkPicture(attribution, names[at]!, prepared, probability);
  }
  const [, height, width] = prepared.picture.shape as [number, number, number];
  const randomOf = randomMaps(seed, height, width);
  const items: Item[] = [];
  const itemOf = attributions.map((attribution, at) => {
    const map = mapOf(attribution, names[at]!);
    if (map.every((value) => value === map[0])) return -1;
    return items.push({ attribution, map, random: randomOf(grainOf(map, height, width)) }) - 1;
  });
  const warnings = itemOf.map((item, at) =>
    item < 0 ? `${names[at]} is not measured: its map is the same everywhere and ranks no pixel.` : undefined,
  );
  return { study: { model, prepared, items, seed, signal }, itemOf, warnings };
}

/** A probability that differs by less than this is taken for that of the same picture and model. */
const SAME = 1e-3;

function checkPicture(
  { inputSize, target, view }: Attribution,
  name: string,
  prepared: Prepared,
  probability: Float64Array,
): void {
  const [, height, width] = prepared.picture.shape;
  if (inputSize[0] !== height || inputSize[1] !== width) {
    throw expected('ERR_OPTION', name, `a map for ${width} × ${height} pixels`, `${inputSize[1]} × ${inputSize[0]}`);
  }
  const here = probability[target.index];
  const isSameView =
    view.width === prepared.view.width &&
    view.height === prepared.view.height &&
    String(view.crop) === String(prepared.view.crop);
  if (isSameView && here !== undefined && Math.abs(here - target.probability) <= SAME) return;
  const made = isSameView
    ? `one made where the class has a probability of ${target.probability.toPrecision(3)}, here ${here?.toPrecision(3)}`
    : `one made of another part or size, ${view.width} × ${view.height}`;
  throw expected('ERR_OPTION', name, 'an attribution of this picture by this model', made);
}

function mapOf(attribution: Attribution, name: string): Float32Array {
  const map = onInput(spatialMap(attribution), attribution.inputSize);
  const wrong = map.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw expected('ERR_NOT_FINITE', name, 'finite numbers in its map', wrong);
  return map;
}

/** The random maps of each grain, drawn once. */
function randomMaps(seed: number, height: number, width: number): (grain: number) => readonly Float32Array[] {
  const drawn = new Map<number, Float32Array[]>();
  return (grain) => {
    const known = drawn.get(grain);
    if (known) return known;
    const maps = Array.from({ length: RANDOM_MAPS }, (_, index) => randomMap(seed, index, grain, height, width));
    drawn.set(grain, maps);
    return maps;
  };
}
