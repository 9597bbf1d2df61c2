/** How alike the maps are: a matrix for each measure, of which the page shows the chosen one. */
import type { Agreement } from '../../../compare/agreement.ts';
import { type Cell, type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';
import { classesTable, correlation, familiesNote } from './families.ts';

type Matrix = readonly (readonly (number | null)[])[];

/** Titles of measures; another one goes by its own name. */
const MEASURES: Readonly<Record<string, string>> = {
  spearman: "Spearman's rank correlation, −1 to 1",
  pearson: "Pearson's correlation, −1 to 1",
  ssim: 'Structural similarity (SSIM), −1 to 1',
  iou: 'Overlap of the strongest 20 % (intersection over union), 0 to 1',
  iou10: 'Overlap of the strongest 10 % (intersection over union), 0 to 1',
  iou5: 'Overlap of the strongest 5 % (intersection over union), 0 to 1',
};

export function agreementSection(grid: Grid, agreement: Agreement): Html | undefined {
  if (grid.cells.length < 2) return undefined;
  const order = grid.classes.flatMap((_, row) => grid.cells.filter((cell) => cell.row === row));
  const measures = matricesOf(agreement, grid.cells.length);
  return html`
<section id="agreement" aria-labelledby="agreement-title">
  <h2 id="agreement-title">Where the maps agree</h2>
  <p class="note">Every pair of maps, pixel by pixel of the model's input.</p>
  <p class="field"><label for="measure">Measure</label>
    <select id="measure">${measures.map(({ name, title }) => html`<option value="${name}">${title}</option>`)}</select></p>
  ${measures.map(({ name, title, matrix }) => table(grid, order, name, title, matrix))}
  ${familiesNote(agreement)}
  ${classesTable(grid, agreement)}
</section>`;
}

/** The square matrices of an agreement, whatever measures it has. */
function matricesOf(agreement: Agreement, size: number): { name: string; title: string; matrix: Matrix }[] {
  return Object.entries(agreement).flatMap(([name, value]: [string, unknown]) =>
    isMatrix(value, size) ? [{ name, title: MEASURES[name] ?? name, matrix: value }] : [],
  );
}

const isMatrix = (value: unknown, size: number): value is Matrix =>
  Array.isArray(value) && value.length === size && value.every((row) => Array.isArray(row) && row.length === size);

function table(grid: Grid, order: readonly Cell[], name: string, title: string, matrix: Matrix): Html {
  const place = (cell: Cell) => grid.cells.indexOf(cell);
  const groups = grid.classes.map((target, row) => {
    const cells = order.filter((cell) => cell.row === row);
    return { label: shortLabel(target), cells, count: cells.length };
  });
  const method = ({ column }: Cell) => grid.columns[column]!.title;
  const isFirst = (at: number) => at === 0 || order[at]!.row !== order[at - 1]!.row;
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="${title}" data-measure="${name}">
  <table class="matrix">
    <caption>${title}</caption>
    <thead>
      <tr><td></td>${groups.map(({ label, count }) => html`<th scope="colgroup" colspan="${count}" class="first"><bdi>${label}</bdi></th>`)}</tr>
      <tr><td></td>${order.map((cell, at) => html`<th scope="col" class="${isFirst(at) ? 'first' : ''}">${method(cell)}</th>`)}</tr>
    </thead>
    ${groups.map(
      ({ label, cells }) => html`
    <tbody>
      <tr><th scope="rowgroup" colspan="${order.length + 1}" class="group"><bdi>${label}</bdi></th></tr>
      ${cells.map(
        (cell) => html`
      <tr>
        <th scope="row">${method(cell)}</th>
        ${order.map((other, at) => value(matrix[place(cell)]![place(other)]!, isFirst(at), other === cell))}
      </tr>`,
      )}
    </tbody>`,
    )}
  </table>
</div>`;
}

/** Coloured in tenths: the deeper the blue the more alike, orange where it is negative. */
function value(figure: number | null, isFirst: boolean, isItself: boolean): Html {
  const tenths = Math.min(10, Math.round(10 * Math.abs(figure ?? 0)));
  const colour = isItself ? 'self' : `${(figure ?? 0) < 0 ? 'unlike' : 'alike'}-${tenths}`;
  const text = figure === null ? '–' : correlation(figure);
  return html`<td class="${colour}${isFirst ? ' first' : ''}">${text}</td>`;
}
