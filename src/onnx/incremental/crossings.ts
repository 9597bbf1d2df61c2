import { isChannelsFirst } from './grid.ts';
import type { Spread } from './spread.ts';

/** A value that all paths from the picture go through, and how many steps lie before it. */
export interface Crossing {
  readonly value: string;
  readonly after: number;
}

/** Where a graph can be cut: the picture, then the values with cells that everything behind them depends on alone. */
export function crossingsOf({ input, steps, grids, graph }: Spread): Crossing[] {
  const lastRead = new Map<string, number>();
  steps.forEach(({ inputs }, at) => {
    for (const name of inputs) lastRead.set(name, at);
  });
  for (const { name } of graph.outputs) lastRead.set(name, steps.length);
  const alive = new Set([input]);
  const found: Crossing[] = [];
  for (let after = 0; after <= steps.length; after++) {
    if (after > 0) for (const name of steps[after - 1]!.node.outputs) alive.add(name);
    for (const name of alive) if ((lastRead.get(name) ?? -1) < after) alive.delete(name);
    const [value] = alive;
    const grid = grids.get(value ?? '');
    if (alive.size === 1 && grid && (value === input || isChannelsFirst(grid)) && found.at(-1)?.value !== value) {
      found.push({ value: value!, after });
    }
  }
  return found;
}
