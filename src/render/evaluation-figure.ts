/** Methods measured over many pictures: a panel for each metric, a row for each method with its mean, interval and chance. */
import type { MethodMeans, MetricMean } from '../compare/evaluation.ts';
import { METRICS } from '../compare/metrics.ts';
import { expected } from '../core/errors.ts';
import { titleOf } from './column-words.ts';
import { compose } from './compose.ts';

import { formatNumber } from './format-number.ts';
import { niceTicks } from './nice-ticks.ts';
import { fitText, type TextStyle, textPath } from './text.ts';

const TITLE: TextStyle = { size: 15, weight: 'semibold' };
const BODY: TextStyle = { size: 13 };
const SMALL: TextStyle = { size: 12, fill: '#5f6368' };
const INK = '#3f74c8';
const CHANCE = '#8a8f94';

const MARGIN = 24;
const NAMES = 190;
const PANEL = 250;
const GAP = 48;
const HEADER = 52;
const ROW = 30;
const AXIS = 30;
const LEGEND = 30;

/**
 * Draws the means of methods over many pictures with their 95 % intervals, and what random attributions get beside each.
 *
 * @param means of each method, as `evaluate` gives them
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where no method has been measured
 * @example
 * ```ts
 * await writeFile('evaluation.png', await evaluationFigure(means));
 * ```
 */
export function evaluationFigure(means: readonly MethodMeans[]): Promise<Buffer> {
  const shown = METRICS.filter(({ name }) => means.some(({ metrics }) => metrics[name]));
  if (shown.length === 0) throw expected('ERR_OPTION', 'means', 'at least one method that was measured', 'none');
  const size = {
    width: 2 * MARGIN + NAMES + shown.length * (PANEL + GAP) - GAP,
    height: 2 * MARGIN + HEADER + means.length * ROW + AXIS + LEGEND,
  };
  const names = means.map(({ method }, row) =>
    textPath(fitText(titleOf(method), NAMES - 12, BODY), MARGIN, rowCentre(row) + 5, BODY),
  );
  const hasCentre = means.some(({ metrics }) => Object.values(metrics).some(({ centre }) => centre !== undefined));
  const panels = shown.map(({ name, title, better }, at) => {
    const column = means.map(({ metrics }) => metrics[name]);
    const left = MARGIN + NAMES + at * (PANEL + GAP);
    return panel(title, better, column, left);
  });
  return compose(size, [...names, ...panels, legend(size.height - MARGIN, hasCentre)].join(''), []);
}

const rowCentre = (row: number) => MARGIN + HEADER + row * ROW + ROW / 2;

function panel(
  title: string,
  better: MetricMean['better'],
  column: readonly (MetricMean | undefined)[],
  left: number,
): string {
  const numbers = column.flatMap((mean) =>
    mean ? [mean.low, mean.high, mean.random ?? mean.mean, mean.centre ?? mean.mean] : [],
  );
  const ticks = niceTicks(Math.min(...numbers), Math.max(...numbers));
  const [first, last] = [ticks[0]!, ticks.at(-1)!];
  const x = (value: number) => left + ((value - first) / (last - first)) * PANEL;
  const [top, bottom] = [MARGIN + HEADER, MARGIN + HEADER + column.length * ROW];
  const grid = ticks.map((tick) => line(x(tick), top, x(tick), bottom, '#e3e5e8', 1));
  const labels = ticks.map((tick) =>
    textPath(formatNumber(tick), x(tick), bottom + 18, { ...SMALL, anchor: 'middle' }),
  );
  return [
    textPath(title, left, MARGIN + 16, TITLE),
    textPath(`${better} is better`, left, MARGIN + 36, SMALL),
    ...grid,
    ...labels,
    ...column.flatMap((mean, row) => (mean ? [marks(mean, x, rowCentre(row))] : [])),
  ].join('');
}

/** The interval as a line, the mean as a dot, chance as a ring, the centre of the picture as a cross. */
const marks = ({ mean, low, high, random, centre }: MetricMean, x: (value: number) => number, y: number): string =>
  [
    random === null ? '' : ring(x(random), y),
    centre === undefined ? '' : cross(x(centre), y),
    line(x(low), y, x(high), y, INK, 3),
    `<circle cx="${x(mean)}" cy="${y}" r="5" fill="${INK}"/>`,
  ].join('');

function legend(y: number, hasCentre: boolean): string {
  const text = (words: string, x: number) => textPath(words, x, y, SMALL);
  const left = MARGIN + NAMES;
  return [
    line(left, y - 4, left + 24, y - 4, INK, 3),
    `<circle cx="${left + 12}" cy="${y - 4}" r="5" fill="${INK}"/>`,
    text('mean, 95 % interval', left + 32),
    ring(left + 182, y - 4),
    text('random attributions', left + 196),
    ...(hasCentre ? [cross(left + 336, y - 4), text('centre of the picture', left + 350)] : []),
  ].join('');
}

const ring = (x: number, y: number) =>
  `<circle cx="${x}" cy="${y}" r="5" fill="#fff" stroke="${CHANCE}" stroke-width="2"/>`;

const cross = (x: number, y: number) =>
  line(x - 5, y - 5, x + 5, y + 5, CHANCE, 2) + line(x - 5, y + 5, x + 5, y - 5, CHANCE, 2);

const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, width: number) =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" stroke-width="${width}"/>`;
