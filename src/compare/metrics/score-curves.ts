/** The class's probability as more and more pixels change, those first to which a map gives most: deletion and insertion. */
import { checkInteger } from '../../core/check.ts';
import type { Curve } from '../../core/measured.ts';
import type { Recipe } from '../../core/recipe.ts';
import type { Tensor } from '../../core/tensor.ts';
import { strongestFirst } from '../similarity.ts';
import type { AskedMap, Evaluate } from './beside-random.ts';
import type { Study } from './metric.ts';

/** Of random maps' curves, which are averaged: so many points are enough. */
const RANDOM_STEPS = 32;

interface CurveRequest {
  /** Pixels between two points. Default: the width of the picture, as RISE has it: 224 on 224 × 224. */
  readonly step: number | undefined;
  readonly baseline: Tensor;
  /** What the `changed` strongest pixels of map number `map` are changed by. */
  readonly recipe: (map: number, changed: number) => Recipe;
}

/** Areas under the curves; all maps and classes in one call of the model. */
export function scoreCurves(study: Study, request: CurveRequest): Evaluate {
  const { picture } = study.prepared;
  const [, height, width] = picture.shape as [number, number, number];
  const plane = height * width;
  const step = checkInteger(request.step ?? width, 'step', 1, plane);
  const coarse = Math.max(step, Math.ceil(plane / RANDOM_STEPS));
  return async (maps, targets) => {
    const points = maps.map(({ isRandom }) => changedCounts(plane, isRandom ? coarse : step));
    const recipes = points.flatMap((counts, map) => counts.map((changed) => request.recipe(map, changed)));
    const scene = { picture, baseline: request.baseline, ranks: ranksOf(maps, plane) };
    const { signal, onProgress } = study;
    const asked = { targets, score: 'probability', signal, onProgress } as const;
    const { values } = await study.model.predict(scene, recipes, asked);
    const starts = points.map((_, map) => points.slice(0, map).reduce((sum, { length }) => sum + length, 0));
    return (map, target) => {
      const curve = {
        share: points[map]!.map((changed) => changed / plane),
        score: points[map]!.map((_, at) => values[(starts[map]! + at) * targets.length + target]!),
      };
      return { value: areaUnder(curve), curve };
    };
  };
}

/** 0, step, 2 · step, … and all of them. */
const changedCounts = (plane: number, step: number): number[] =>
  Array.from({ length: Math.ceil(plane / step) + 1 }, (_, at) => Math.min(at * step, plane));

/** The place of each pixel in each map's order [maps, plane], in shared memory. */
export function ranksOf(maps: readonly Pick<AskedMap, 'map'>[], plane: number): Int32Array {
  const ranks = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * maps.length * plane));
  maps.forEach(({ map }, number) => {
    const order = strongestFirst(map);
    for (let place = 0; place < plane; place++) ranks[number * plane + order[place]!] = place;
  });
  return ranks;
}

/** By the trapezoidal rule. */
export const areaUnder = ({ share, score }: Curve): number =>
  share.slice(1).reduce((area, end, at) => area + ((end - share[at]!) * (score[at]! + score[at + 1]!)) / 2, 0);
