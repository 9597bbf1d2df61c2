/** Which metrics there are, and what they are called. */
import type { Measured } from '../../core/measured.ts';
import type { Cell } from './grid.ts';

/** With what some metrics add. */
export interface Figure extends Measured {
  /** The standard deviation between random attributions. */
  readonly spread?: number;
  /** What a map that is strongest in the picture's centre gets. */
  readonly centre?: number;
  /** Why there is no value. */
  readonly reason?: string;
}

/** In the order in which the attributions have them. */
export const metricNames = (cells: readonly Cell[]): string[] => [
  ...new Set(cells.flatMap(({ attribution }) => Object.keys(attribution.metrics ?? {}))),
];

/** `average-drop` as `Average drop`. */
export const metricTitle = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
