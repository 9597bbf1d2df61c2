/** How far a sample of segments lies from the whole picture: cosine distances, 1 − cos of the angle between the two. */
import type { Scene } from '../core/recipe.ts';

export const DISTANCES = ['segments', 'pixels'] as const;
export type Distance = (typeof DISTANCES)[number];

/** Of the masks [n][M] as vectors: d = 1 − √(k / M) where k of M segments are kept. */
export const segmentDistances = (masks: readonly ArrayLike<number>[]): Float64Array =>
  Float64Array.from(masks, (mask) => {
    let kept = 0;
    for (let segment = 0; segment < mask.length; segment++) kept += mask[segment]!;
    return 1 - Math.sqrt(kept / mask.length);
  });

/** Of the model's inputs: the picture x and what a mask leaves of it, x with the baseline x′ in segments that are off. */
export function pixelDistances(masks: readonly ArrayLike<number>[], scene: Scene): Float64Array {
  const { picture, baseline, segments } = scene;
  const count = masks[0]?.length ?? 0;
  const [kept, met, hidden] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (const [at, value] of picture.data.entries()) {
    const segment = segments![at % segments!.length]!;
    const other = baseline.data[at]!;
    kept[segment]! += value ** 2;
    met[segment]! += value * other;
    hidden[segment]! += other ** 2;
  }
  const whole = Math.sqrt(kept.reduce((sum, value) => sum + value, 0));
  return Float64Array.from(masks, (mask) => {
    let [product, length] = [0, 0];
    for (let segment = 0; segment < count; segment++) {
      product += mask[segment] ? kept[segment]! : met[segment]!;
      length += mask[segment] ? kept[segment]! : hidden[segment]!;
    }
    return length > 0 && whole > 0 ? 1 - product / (whole * Math.sqrt(length)) : 1;
  });
}
