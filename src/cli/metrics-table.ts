/** The metrics of a comparison, and how alike several seeds are, as a table of text: a line for each map. */
import { columnNames } from '../compare/column-names.ts';
import { METRICS } from '../compare/metrics.ts';
import type { Attribution } from '../core/attribution.ts';
import { aligned } from './aligned.ts';

/**
 * Lines with columns of one width. In brackets behind each value what random maps get, and behind the mean rank correlation between
 * seeds the least one.
 */
export function metricsTable(attributions: readonly Attribution[]): string[] {
  const columns = METRICS.filter(({ name }) => attributions.some(({ metrics }) => metrics?.[name]));
  const isRepeated = attributions.some(({ repeat }) => repeat);
  const names = columnNames(attributions);
  const heading = [
    '',
    ...columns.map(({ name, better }) => `${name} ${better === 'higher' ? '↑' : '↓'}`),
    ...(isRepeated ? ['between seeds ↑'] : []),
    'passes',
    'seconds',
  ];
  const lines = attributions.map(({ target, metrics, repeat, forwardPasses, backwardPasses, seconds }, at) => [
    `${names[at]} · ${target.label.split(',')[0]}`,
    ...columns.map(({ name }) => cell(metrics?.[name]?.value, metrics?.[name]?.random)),
    ...(isRepeated ? [repeat ? cell(repeat.mean, repeat.least) : '–'] : []),
    backwardPasses > 0 ? `${forwardPasses} + ${backwardPasses} back` : String(forwardPasses),
    seconds.toFixed(1),
  ]);
  return aligned([heading, ...lines]);
}

const cell = (value: number | null | undefined, beside: number | null | undefined): string =>
  `${number(value)} (${number(beside)})`;

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3);
