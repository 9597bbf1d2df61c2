/** The metrics in a table: a row for each method and class, beside each value what random attributions get. */

import { isClearlyBetter } from '../../../compare/summary/beats-random.ts';
import type { Attribution } from '../../../core/attribution.ts';
import type { Measured } from '../../../core/measured.ts';
import { formatNumber } from '../../format-number.ts';
import { type Cell, type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';
import { metricNamed, metricNames, metricTitle } from '../metric-words.ts';

export function metricsSection(grid: Grid): Html | undefined {
  const names = metricNames(grid.cells);
  if (names.length === 0) return undefined;
  return html`
<section id="metrics" aria-labelledby="metrics-title">
  <h2 id="metrics-title">How good the maps are</h2>
  <p class="note">Of this photo only. Below each value: what random attributions get on average, with the standard deviation between them. The best of each class is bold; <span class="poor">⚠</span> marks what is not better than random by at least two of them.</p>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="metrics-title">
    <table class="ruled">
      <thead><tr><th scope="col">Method</th>${names.map((name) => head(name, grid.cells))}</tr></thead>
      ${grid.classes.map((target, row) => {
        const cells = grid.cells.filter((cell) => cell.row === row);
        return html`
      <tbody>
        <tr><th scope="rowgroup" colspan="${names.length + 1}" class="group"><bdi>${shortLabel(target)}</bdi></th></tr>
        ${cells.map(
          (cell) => html`
        <tr><th scope="row">${grid.columns[cell.column]!.title}</th>${names.map((name) => entry(cell.attribution.metrics?.[name], isBest(cell, cells, name)))}</tr>`,
        )}
      </tbody>`;
      })}
    </table>
  </div>
  <details>
    <summary>What the metrics are</summary>
    <dl class="definitions">${names.map(definition)}</dl>
  </details>
</section>`;
}

function definition(name: string): Html | undefined {
  const metric = metricNamed(name);
  if (!metric) return undefined;
  const { title, formula, range, random, paper } = metric;
  return html`
<dt>${title}</dt>
<dd>${formula}; ${range}. Random: ${random}. <a href="${paper.url}" rel="noreferrer">${paper.name}</a></dd>`;
}

function head(name: string, cells: readonly Cell[]): Html {
  const better = cells.map(({ attribution }) => attribution.metrics?.[name]?.better).find(Boolean);
  return html`<th scope="col">${metricTitle(name)}<small>${better === 'lower' ? 'lower is better ↓' : 'higher is better ↑'}</small></th>`;
}

function entry(figure: Measured | undefined, isBest: boolean): Html {
  if (!figure) return html`<td>–</td>`;
  const { value, random, spread, centre, reason } = figure;
  const beside = [
    ...(random === null ? [] : [`random ${formatNumber(random)}${spread ? ` ± ${formatNumber(spread)}` : ''}`]),
    ...(centre === undefined ? [] : [`centre ${formatNumber(centre)}`]),
    ...(reason === undefined ? [] : [reason]),
  ].map((text) => html`<small>${text}</small>`);
  if (value === null) return html`<td>not defined${beside}</td>`;
  const text = isBest ? html`<strong>${formatNumber(value)}</strong>` : formatNumber(value);
  return html`<td>${text}${isPoor(figure) ? POOR : undefined}${beside}</td>`;
}
const POOR = html` <span class="poor" role="img" aria-label="not clearly better than random">⚠</span>`;

const isPoor = (measured: Measured): boolean =>
  measured.value !== null && measured.random !== null && !isClearlyBetter(measured);

/** Whether no other map of the class has a better value, and not all have the same. */
function isBest({ attribution }: Cell, rivals: readonly Cell[], name: string): boolean {
  const own = goodness(attribution, name);
  const others = rivals.flatMap((rival) => goodness(rival.attribution, name) ?? []);
  return own !== undefined && others.every((other) => own >= other) && others.some((other) => own > other);
}

function goodness({ metrics }: Attribution, name: string): number | undefined {
  const measured = metrics?.[name];
  if (!measured || measured.value === null) return undefined;
  return measured.better === 'lower' ? -measured.value : measured.value;
}
