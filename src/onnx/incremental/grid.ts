import type { Shape } from '../graph.ts';

/** The cells of a value [N, C, H, W], or of one whose axes stand in another order. */
export interface Grid {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
  /** How many numbers each cell has. */
  readonly depth: number;
}

/** The cells of a shape whose lengths, but for the batch, are known. */
export function gridOf(shape: Shape | undefined, y: number, x: number): Grid | undefined {
  const [, ...lengths] = shape ?? [];
  if (shape?.length !== 4 || y === 0 || x === 0 || !lengths.every((length) => typeof length === 'number'))
    return undefined;
  const [height, width] = [shape[y], shape[x]] as [number, number];
  const size = lengths.reduce<number>((product, length) => product * length, 1);
  return size > 0 ? { y, x, height, width, depth: size / (height * width) } : undefined;
}

export const isChannelsFirst = ({ y, x }: Grid): boolean => y === 2 && x === 3;
