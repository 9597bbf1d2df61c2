/** The curves that metrics took areas under: a chart for each metric and class, and a table of its values. */
import type { Curve, Measured } from '../../../core/measured.ts';
import { formatNumber } from '../../format-number.ts';
import { curveChart, type Line, lineClass, randomBand, scoreAt } from '../curve-chart.ts';
import { type Cell, type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';
import { metricNames, metricTitle } from '../metric-words.ts';

type Drawn = Measured & { readonly curve: Curve };

export function curvesSection(grid: Grid): Html | undefined {
  const charts = metricNames(grid.cells).flatMap((name) =>
    grid.classes.flatMap((target, row) => {
      const lines = linesOf(grid, row, name);
      return lines.length > 0 ? [chart(`${metricTitle(name)}, ${shortLabel(target)}`, lines)] : [];
    }),
  );
  if (charts.length === 0) return undefined;
  return html`
<section id="curves" aria-labelledby="curves-title">
  <h2 id="curves-title">Score curves</h2>
  <p class="note">How the class's score moves as more and more of the picture is changed, the most important pixels first. Dashed: random attributions as coarse as the maps, drawn as high as their area; a band where they differ between methods.</p>
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
  area: value,
  random,
});

const chart = (title: string, lines: readonly Line[]): Html => html`
<figure class="chart" aria-label="${title}">
  <figcaption>${title}</figcaption>
  ${curveChart(title, lines)}
  <ul class="legend">
    ${lines.map(({ title: name, colour, area, random }) => legendEntry(lineClass(colour), name, areas(area, random)))}
    ${randomBand(lines) ? legendEntry('random', 'Random', 'as high as its area') : undefined}
  </ul>
  <details>
    <summary>Values of this chart</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}: values">${valueTable(lines)}</div>
  </details>
</figure>`;

const legendEntry = (line: string, name: string, note: string): Html => html`
<li><svg class="key" viewBox="0 0 24 8" aria-hidden="true"><path class="${line}" d="M0 4H24"/></svg>${name} <small>${note}</small></li>`;

const areas = (area: number | null, random: number | null): string =>
  [
    ...(area === null ? [] : [`area ${formatNumber(area)}`]),
    ...(random === null ? [] : [`random ${formatNumber(random)}`]),
  ].join(', ');

/** The scores at tenths of the picture, on the straight lines that the areas are taken under. */
function valueTable(lines: readonly Line[]): Html {
  return html`
<table class="ruled">
  <thead><tr><th scope="col">Changed</th>${lines.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
  <tbody>${Array.from(
    { length: 11 },
    (_, tenth) => html`
    <tr><th scope="row">${10 * tenth} %</th>${lines.map(({ curve }) => html`<td>${formatNumber(scoreAt(curve, tenth / 10))}</td>`)}</tr>`,
  )}
  </tbody>
</table>`;
}
