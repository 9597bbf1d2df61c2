import type { MethodMeans, MetricMean } from '../../compare/evaluation.ts';
import { METRICS } from '../../compare/metrics.ts';
import { formatNumber } from '../../render/format-number.ts';
import { aligned } from '../aligned.ts';

/** A block of lines for each metric, a line for each method, in columns. */
export function evaluationTable(means: readonly MethodMeans[]): string {
  const blocks = METRICS.flatMap(({ name, title, better }) => {
    const rows = means.flatMap(({ method, metrics: { [name]: mean } }) => (mean ? [[method, ...cells(mean)]] : []));
    if (rows.length === 0) return [];
    const header = ['', 'mean', '95 % interval', 'random', 'better by', '95 % interval', 'pictures'];
    return [`${title} (${better} is better)`, ...aligned([header, ...rows]).map((line) => `  ${line}`), ''];
  });
  return blocks.join('\n');
}

/** Chance is what random attributions get and, behind it in brackets, a map that is strongest in the centre. */
const cells = ({ mean, low, high, random, centre, gain, count }: MetricMean): string[] => [
  formatNumber(mean),
  interval(low, high),
  (random === null ? '–' : formatNumber(random)) + (centre === undefined ? '' : ` (centre ${formatNumber(centre)})`),
  gain ? formatNumber(gain.mean) : '–',
  gain ? interval(gain.low, gain.high) : '–',
  String(count),
];

const interval = (low: number, high: number) => `${formatNumber(low)} to ${formatNumber(high)}`;
