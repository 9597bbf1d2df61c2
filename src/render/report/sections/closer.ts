/** The explorer: pictures, and the form that says what they show. The page's script paints and reads them. */
import { formatProbability } from '../../format-number.ts';
import { type Grid, shortLabel } from '../grid.ts';
import { type Content, type Html, html } from '../html.ts';

export const closer = (grid: Grid): Html => html`
<section id="closer" aria-labelledby="closer-title">
  <h2 id="closer-title">A closer look</h2>
  <p class="note unpainted">The heatmaps are painted by a script in this page. Where it does not run, the tables below are still whole.</p>
  <div class="explorer">
    <div class="stage">
      <div class="panes">${pane('first', '')}${pane('second', 'hidden')}</div>
      <p class="readout" data-part="readout" role="status" aria-live="off">Point at the picture to read its values.</p>
      <p class="note keys" id="keys">With the keyboard: Tab to the picture, then the arrow keys (with Shift in larger steps); Home goes to the strongest place, Escape leaves.</p>
    </div>
    <form class="controls" data-part="controls" aria-label="What the picture shows">
      ${radios(
        'class',
        'Class',
        grid.classes.map(
          (target) => html`<bdi>${shortLabel(target)}</bdi> <small>${formatProbability(target.probability)}</small>`,
        ),
      )}
      ${radios(
        'method',
        'Method',
        grid.columns.map(({ title }) => title),
      )}
      <div class="field">
        <label for="strength">Strength of the heatmap</label>
        <div class="slider"><input type="range" id="strength" name="strength" min="0" max="100" value="50"><output for="strength">50 %</output></div>
      </div>
      ${radios('view', 'View', ['One map', 'Side by side', 'Difference'], ['single', 'side', 'difference'])}
      <div class="field">
        <label for="other">The second map</label>
        <select id="other" name="other" disabled>${otherMaps(grid)}</select>
      </div>
    </form>
  </div>
</section>`;

const pane = (name: string, hidden: 'hidden' | ''): Html => html`
<figure class="pane" data-part="${name}" aria-labelledby="${name}-title" ${hidden}>
  <figcaption data-part="title" id="${name}-title"></figcaption>
  <div class="screen" data-part="screen" tabindex="0" role="application" aria-label="Heatmap over the photo" aria-describedby="keys">
    <canvas data-part="picture" role="img"></canvas>
    <span class="cross" data-part="cross" hidden></span>
  </div>
  <div class="bar">
    <canvas data-part="colours" width="256" height="1" aria-hidden="true"></canvas>
    <div class="ticks" data-part="ticks"></div>
    <div class="unit" data-part="unit"></div>
  </div>
</figure>`;

const radios = (
  name: string,
  legend: string,
  labels: readonly Content[],
  values: readonly (string | number)[] = labels.map((_, at) => at),
): Html => html`
<fieldset>
  <legend>${legend}</legend>
  <div class="chips">${labels.map(
    (label, at) => html`
    <label><input type="radio" name="${name}" value="${values[at]}" ${at === 0 ? 'checked' : ''}><span>${label}</span></label>`,
  )}</div>
</fieldset>`;

/** All maps, class by class; at first the second class by the first method, or the second method. */
function otherMaps({ classes, columns, cells }: Grid): Html[] {
  const preferred = cells.findIndex(({ row, column }) => row === 1 && column === 0);
  const chosen = preferred >= 0 ? preferred : Math.min(1, cells.length - 1);
  return classes.map((target, row) => {
    const maps = cells.flatMap((cell, at) => (cell.row === row ? [{ at, title: columns[cell.column]!.title }] : []));
    return html`
<optgroup label="${shortLabel(target)}">${maps.map(
      ({ at, title }) =>
        html`<option value="${at}" ${at === chosen ? 'selected' : ''}>${title}, ${shortLabel(target)}</option>`,
    )}</optgroup>`;
  });
}
