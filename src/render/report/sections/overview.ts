/** All maps in a table: a row for each class, a column for each method, below it the column's colour bar. */
import { columnCost } from '../../column-words.ts';
import { formatNumber, formatProbability } from '../../format-number.ts';
import type { ColourScale } from '../../scale.ts';
import { type Column, type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';
import type { PageData } from '../page-data.ts';

export const overview = (grid: Grid, { maps }: Pick<PageData, 'maps'>, isPerMap: boolean): Html => html`
<section id="overview" aria-labelledby="overview-title">
  <h2 id="overview-title">All maps</h2>
  <p class="note">${isPerMap ? 'Each map has a colour scale of its own.' : 'One colour scale per method, shared by its classes.'} Choose a map to look at it closer.</p>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="overview-title">
    <table class="tiles">
      <thead><tr><td></td>${grid.columns.map(columnHead)}</tr></thead>
      <tbody>${grid.classes.map(
        (target, row) => html`
        <tr>
          <th scope="row"><bdi>${shortLabel(target)}</bdi><small>${formatProbability(target.probability)}</small></th>
          ${grid.columns.map((_, column) => tile(grid, row, column))}
        </tr>`,
      )}</tbody>
      ${isPerMap ? undefined : html`<tfoot><tr><td></td>${grid.columns.map((_, column) => bar(maps, column))}</tr></tfoot>`}
    </table>
  </div>
</section>`;

const columnHead = ({ title, attributions }: Column): Html =>
  html`<th scope="col">${title}<small>${columnCost(attributions)}</small></th>`;

function tile({ cells, classes, columns }: Grid, row: number, column: number): Html {
  const at = cells.findIndex((cell) => cell.row === row && cell.column === column);
  if (at < 0) return html`<td class="none">none</td>`;
  const name = `${columns[column]!.title}, ${shortLabel(classes[row]!)}`;
  return html`<td><button type="button" data-map="${at}" aria-label="${name}: look closer"><canvas></canvas></button></td>`;
}

function bar(maps: PageData['maps'], column: number): Html {
  const at = maps.findIndex((map) => map.column === column);
  const { scale, unit } = maps[at]!;
  return html`
<td class="bar">
  <canvas data-bar="${at}" aria-hidden="true"></canvas>
  <div class="ticks">${endsOf(scale).map((value) => html`<span>${formatNumber(value)}</span>`)}</div>
  <div class="unit">${scale.low === scale.high ? `${unit}: 0 everywhere` : unit}</div>
</td>`;
}

const endsOf = ({ sign, low, high }: ColourScale): number[] =>
  low === high ? [] : sign === 'all' ? [low, 0, high] : [low, high];
