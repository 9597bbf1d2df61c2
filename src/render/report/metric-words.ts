/** Which metrics there are, and what is said of them. */
import type { Metric } from '../../compare/metrics/metric.ts';
import { METRICS } from '../../compare/metrics.ts';
import type { Cell } from './grid.ts';

/** In the order in which the attributions have them. */
export const metricNames = (cells: readonly Cell[]): string[] => [
  ...new Set(cells.flatMap(({ attribution }) => Object.keys(attribution.metrics ?? {}))),
];

export const metricNamed = (name: string): Metric | undefined => METRICS.find((metric) => metric.name === name);

export const metricTitle = (name: string): string => metricNamed(name)?.title ?? name;

/** What the points of a metric's curve lie on, from 0 to 100 %, and what their height is. */
export interface Axes {
  readonly across: string;
  readonly up: string;
}

const AXES: Readonly<Record<string, Axes>> = {
  deletion: { across: 'pixels taken away, %', up: 'probability' },
  insertion: { across: 'pixels brought back, %', up: 'probability' },
  road: { across: 'pixels removed, %', up: 'half the difference of probabilities' },
  randomization: { across: 'layers drawn anew, from the last, %', up: 'rank correlation' },
};

export const axesOf = (metric: string): Axes => AXES[metric] ?? { across: 'pixels changed, %', up: 'score' };
