import { isChannelsFirst } from './grid.ts';
import type { Slide } from './span.ts';
import type { Spread, Step } from './spread.ts';

/** Values that carry all that is known of the picture, and how many steps lie before them. */
export interface Cut {
  readonly values: readonly string[];
  readonly after: number;
}

/** What crosses a cut is copied, so that cuts through more would hardly pay. */
const MOST_VALUES = 4;

/** Where a graph can be cut: at the picture, then before the operators that slide or need the whole, where few values cross. */
export function cutsOf({ input, steps, grids, graph }: Spread): Cut[] {
  const lastRead = new Map<string, number>();
  steps.forEach(({ inputs }, at) => {
    for (const name of inputs) lastRead.set(name, at);
  });
  for (const { name } of graph.outputs) lastRead.set(name, steps.length);
  const isCut = (name: string) => name === input || (grids.has(name) && isChannelsFirst(grids.get(name)!));
  const alive = new Set([input]);
  const found: Cut[] = [];
  for (const [after, step] of steps.entries()) {
    if (after > 0) for (const name of steps[after - 1]!.node.outputs) alive.add(name);
    for (const name of alive) if ((lastRead.get(name) ?? -1) < after) alive.delete(name);
    if (after > 0 && isPointwise(step)) continue;
    if (alive.size <= MOST_VALUES && [...alive].every(isCut)) found.push({ values: [...alive], after });
  }
  return found;
}

const isPointwise = ({ slides, multiplications }: Step) => slides?.every(isStill) === true && multiplications === 0;

const isStill = ({ extent, stride, begin, end }: Slide) => extent === 1 && stride === 1 && begin === 0 && end === 0;
