/** What metrics work on: the picture, and of each attribution its map at every pixel of the model's input. */
import { type Attribution, spatialMap } from '../core/attribution.ts';
import { expected } from '../core/errors.ts';
import type { Classifier, Picture, Prepared } from '../core/predictor.ts';
import { onInput } from '../core/sample.ts';
import { probabilities } from '../core/score.ts';
import type { View } from '../core/view.ts';
import { columnNames } from './column-names.ts';
import type { Item, Study } from './metrics/metric.ts';
import { objectMask, type Region } from './metrics/object-mask.ts';
import { grainOf, RANDOM_MAPS, randomMap } from './metrics/random-maps.ts';

export interface Studied {
  readonly study: Study;
  /** For each attribution the number of its item; −1 where its map is constant. */
  readonly itemOf: readonly number[];
  /** What sentences call the attributions: method and class. */
  readonly names: readonly string[];
}

interface StudyRequest {
  readonly boxes: readonly Region[] | undefined;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * @throws `ERR_OPTION` for attributions of another picture, model or size; `ERR_NOT_FINITE` where values are no numbers
 */
export async function studyOf(
  model: Classifier,
  image: Picture,
  attributions: readonly Attribution[],
  { boxes, seed, signal }: StudyRequest,
): Promise<Studied> {
  const prepared = await model.prepare(image);
  const logits = await model.logits(prepared.picture, { signal });
  const names = columnNames(attributions).map((name, at) => `${name} of ${attributions[at]!.target.label}`);
  const probability = probabilities(logits, model.activation);
  for (const [at, attribution] of attributions.entries()) {
    checkPicture(attribution, names[at]!, prepared, probability);
  }
  const [, height, width] = prepared.picture.shape as [number, number, number];
  const randomOf = randomMaps(seed, height, width);
  const objectOf = boxes && objectMasks(boxes, prepared.view, height, width);
  const items: Item[] = [];
  const itemOf = attributions.map((attribution, at) => {
    const map = mapOf(attribution, names[at]!);
    if (map.every((value) => value === map[0])) return -1;
    const random = randomOf(grainOf(map, height, width));
    const object = objectOf?.(attribution.target.index);
    return items.push({ attribution, map, random, ...(object ? { object } : {}) }) - 1;
  });
  return { study: { model, prepared, logits, items, seed, signal }, itemOf, names };
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

/** The random maps of each grain. */
const randomMaps = (seed: number, height: number, width: number) =>
  madeOnce((grain: number) =>
    Array.from({ length: RANDOM_MAPS }, (_, index) => randomMap(seed, index, grain, height, width)),
  );

/** Where the objects of each class are. */
const objectMasks = (boxes: readonly Region[], view: View, height: number, width: number) =>
  madeOnce((index: number) => {
    const ofClass = boxes.filter(({ target }) => target === undefined || target === index);
    return objectMask(ofClass, view, height, width);
  });

function madeOnce<Made>(make: (key: number) => Made): (key: number) => Made {
  const made = new Map<number, Made>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
