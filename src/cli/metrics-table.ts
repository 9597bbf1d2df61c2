/** The metrics of a comparison as a table of text: a line for each map, what random maps get at the end of each class. */
import { columnNames } from '../compare/column-names.ts';
import { METRICS } from '../compare/metrics.ts';
import type { Attribution } from '../core/attribution.ts';

/** Lines with columns of one width. What a class's random maps get is in brackets behind each value. */
export function metricsTable(attributions: readonly Attribution[]): string[] {
  const columns = METRICS.filter(({ name }) => attributions.some(({ metrics }) => metrics?.[name]));
  const names = columnNames(attributions);
  const heading = [
    '',
    ...columns.map(({ name, better }) => `${name} ${better === 'higher' ? '↑' : '↓'}`),
    'passes',
    'seconds',
  ];
  const lines = attributions.map(({ target, metrics, forwardPasses, backwardPasses, seconds }, at) => [
    `${names[at]} · ${target.label.split(',')[0]}`,
    ...columns.map(({ name }) => cell(metrics?.[name]?.value, metrics?.[name]?.random)),
    backwardPasses > 0 ? `${forwardPasses} + ${backwardPasses} back` : String(forwardPasses),
    seconds.toFixed(1),
  ]);
  const rows = [heading, ...lines];
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '),
  );
}

const cell = (value: number | null | undefined, random: number | null | undefined): string =>
  `${number(value)} (${number(random)})`;

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(3);
