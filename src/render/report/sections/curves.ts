/** The curves that metrics took areas under: a chart for each metric and class, and a table of its values. */
import type { Curve, Measured } from '../../../core/measured.ts';
import { formatNumber } from '../../format-number.ts';
import { curveChart, type Line, lineClass, randomBand, scoreAt } from '../curve-chart.ts';
import { type Cell, type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';
import { type Axes, axesOf, metricNames, metricTitle } from '../metric-words.ts';

type Drawn = Measured & { readonly curve: Curve };

export function curvesSection(grid: Grid): Html | undefined {
  const charts = metricNames(grid.cells).flatMap((name) =>
    grid.classes.flatMap((target, row) => {
      const lines = linesOf(grid, row, name);
      return lines.length > 0 ? [chart(`${metricTitle(name)}, ${shortLabel(target)}`, lines, axesOf(name))] : [];
    }),
  );
  if (charts.length === 0) return undefined;
  return html`
<section id="curves" aria-labelledby="curves-title">
  <h2 id="curves-title">Score curves</h2>
  <p class="note">What the metrics are taken from, point by point. Dashed: what random attributions get, as high as the mean of their curve; a band where methods have random attributions of their own, as coarse as their maps.</p>
  <div class="charts">${charts}</div>
</section>`;
}

/** A line for each method that has the curve, and what random attributions get. */
function linesOf({ cells, columns }: Grid, row: number, metric: string): Line[] {
  return cells.flatMap((cell) => {
    const measured = cell.row === row ? cell.attribution.metrics?.[metric] : undefined;
    return hasCurve(measured) ? [lineOf(cell, columns[cell.column]!.title, measured)] : [];
  });
}

const hasCurve = (measured: Measured | undefined): measured is Drawn => measured?.curve !== undefined;

const lineOf = ({ column }: Cell, title: string, { curve, value, random }: Drawn): Line => ({
  title,
  colour: column,
  curve,
  value,
  random,
});

const chart = (title: string, lines: readonly Line[], axes: Axes): Html => html`
<figure class="chart" aria-label="${title}">
  <figcaption>${title}</figcaption>
  ${curveChart(title, lines, axes)}
  <ul class="legend">
    ${lines.map(({ title: name, colour, value, random }) => legendEntry(lineClass(colour), name, values(value, random)))}
    ${randomBand(lines) ? legendEntry('random', 'Random', 'mean of its curve') : undefined}
  </ul>
  <details>
    <summary>Values of this chart</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}: values">${valueTable(lines, axes)}</div>
  </details>
</figure>`;

const legendEntry = (line: string, name: string, note: string): Html => html`
<li><svg class="key" viewBox="0 0 24 8" aria-hidden="true"><path class="${line}" d="M0 4H24"/></svg>${name} <small>${note}</small></li>`;

const values = (value: number | null, random: number | null): string =>
  [
    ...(value === null ? [] : [formatNumber(value)]),
    ...(random === null ? [] : [`random ${formatNumber(random)}`]),
  ].join(', ');

/** The scores at tenths, on the straight lines between the points that are known. */
const valueTable = (lines: readonly Line[], { across }: Axes): Html => html`
<table class="ruled">
  <thead><tr><th scope="col">${across}</th>${lines.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
  <tbody>${TENTHS.map(
    (share) => html`
    <tr><th scope="row">${100 * share}</th>${lines.map(({ curve }) => html`<td>${scoreText(scoreAt(curve, share))}</td>`)}</tr>`,
  )}
  </tbody>
</table>`;
const TENTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

const scoreText = (score: number | undefined): string => (score === undefined ? '–' : formatNumber(score));
