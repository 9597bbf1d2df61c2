/** Which metrics there are, and what they are called. */
import type { Cell } from './grid.ts';

/** In the order in which the attributions have them. */
export const metricNames = (cells: readonly Cell[]): string[] => [
  ...new Set(cells.flatMap(({ attribution }) => Object.keys(attribution.metrics ?? {}))),
];

/** `average-drop` as `Average drop`. */
export const metricTitle = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
