import type { Plan } from './plan.ts';

/** An order in which boxes whose crops have the same size in the last stages follow each other: they can run together. */
export function* bySize({ stages, changes: { boxes } }: Plan): Generator<void, Int32Array, void> {
  let order = Int32Array.from(boxes, (_, at) => at);
  // Each pass leaves those of a size in the order of the passes before it.
  for (const { margins } of stages) {
    const [left, above] = margins.map((own) => own.map(({ before, behind }) => before + behind)) as [
      number[],
      number[],
    ];
    const most = Math.max(...above) + 1;
    order = sorted(order, (at) => left[boxes[at]![0]]! * most + above[boxes[at]![1]]!);
    yield;
  }
  return order;
}

/** From the largest key to the least, by counting. */
function sorted(items: Int32Array, keyOf: (item: number) => number): Int32Array<ArrayBuffer> {
  const keys = items.map(keyOf);
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const starts = new Map<number, number>();
  let start = 0;
  for (const key of [...counts.keys()].sort((a, b) => b - a)) {
    starts.set(key, start);
    start += counts.get(key)!;
  }
  const out = new Int32Array(items.length);
  items.forEach((item, at) => {
    const place = starts.get(keys[at]!)!;
    out[place] = item;
    starts.set(keys[at]!, place + 1);
  });
  return out;
}
