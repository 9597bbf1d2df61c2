import type { Shape } from '../graph.ts';

/** The cells of a value [N, C, H, W], or of one with other axes beside height and width, in another order. */
export interface Grid {
  readonly rank: number;
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
  if (!shape || y < 1 || x < 1 || !lengths.every((length) => typeof length === 'number')) return undefined;
  const [height, width] = [lengths[y - 1], lengths[x - 1]];
  const size = lengths.reduce((product, length) => product * length, 1);
  if (!height || !width || size === 0) return undefined;
  return { rank: shape.length, y, x, height, width, depth: size / (height * width) };
}

export const isChannelsFirst = ({ rank, y, x }: Grid): boolean => rank === 4 && y === 2 && x === 3;

/** Whether an axis is neither the batch nor one of the cells. */
export const isBesideCells = (axis: number, { y, x }: Grid): boolean => ![0, y, x].includes(axis);
