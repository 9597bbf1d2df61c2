import type { Plan } from './plan.ts';
import { lengthOf } from './span.ts';

/** An order in which boxes whose crops have the same size in the last stages follow each other: they can run together. */
export function bySize({ stages, changes: { spans, boxes } }: Plan): number[] {
  const sizes = ([0, 1] as const).map((axis) =>
    spans[axis].map((_, at) => stages.map(({ crops }) => lengthOf(crops[axis][at]!)).reverse()),
  );
  const keys = boxes.map(([y, x]) => sizes[0]![y]!.flatMap((height, at) => [height, sizes[1]![x]![at]!]));
  return boxes.map((_, at) => at).sort((a, b) => compare(keys[a]!, keys[b]!));
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((size, place) => size !== b[place]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
