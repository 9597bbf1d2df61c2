/** How the maps were made, so that the run can be repeated. */
import type { Json, Repeated } from '../../../core/attribution.ts';
import { columnCost, formatOption } from '../../column-words.ts';
import { formatNumber } from '../../format-number.ts';
import { type Cell, type Column, type Grid, shortLabel } from '../grid.ts';
import { type Content, type Html, html } from '../html.ts';
import type { ReportRun } from '../report.ts';

export interface Refused {
  readonly method: string;
  readonly error: Error;
}

export const runSection = (grid: Grid, refused: readonly Refused[], run: ReportRun): Html => html`
<section id="run" aria-labelledby="run-title">
  <h2 id="run-title">How this was made</h2>
  ${notes(grid, refused)}
  <div class="scroll" tabindex="0" role="region" aria-labelledby="run-title">
    <table class="ruled wide">
      <thead><tr><th scope="col">Method</th><th scope="col">Options</th><th scope="col">Seed</th><th scope="col">Time and passes</th><th scope="col">Score explained</th></tr></thead>
      <tbody>${grid.columns.map((column, at) => methodRow(column, grid, at))}</tbody>
    </table>
  </div>
  ${facts(run)}
  ${run.command && html`<h3 id="again">To repeat it</h3><pre tabindex="0" aria-labelledby="again"><code>${run.command}</code></pre>`}
</section>`;

/** What to know before trusting the maps, and which methods are missing. */
function notes({ cells, columns }: Grid, refused: readonly Refused[]): Html | undefined {
  const warnings = cells.flatMap(({ attribution, column }) =>
    (attribution.warnings ?? []).map((warning) => `${columns[column]!.title}: ${warning}`),
  );
  const missing = refused.map(({ method, error }) => `${method} is left out. ${error.message}`);
  const all = [...new Set([...warnings, ...missing])];
  if (all.length === 0) return undefined;
  return html`<h3>To bear in mind</h3><ul class="warnings">${all.map((text) => html`<li>${text}</li>`)}</ul>`;
}

function methodRow({ title, attributions }: Column, { cells, classes }: Grid, column: number): Html {
  const [{ options, seed }] = attributions as [Column['attributions'][0]];
  const own = cells.filter((cell) => cell.column === column);
  return html`
<tr>
  <th scope="row">${title}</th>
  <td>${list(Object.entries(options).map(([name, value]) => [spaced(name), optionText(value)]))}</td>
  <td>${seed ?? '–'}</td>
  <td>${columnCost(attributions)}</td>
  <td>${list(own.map((cell) => [shortLabel(classes[cell.row]!), scoreText(cell)]))}</td>
</tr>`;
}

const optionText = (value: Json): string =>
  Array.isArray(value) ? value.map(formatOption).join(', ') : formatOption(value);

/** The score, what else the method says of itself in numbers (R², convergence delta, …), and how it repeats. */
function scoreText({ attribution }: Cell): string {
  const others = Object.entries(attribution).filter(
    ([name, value]) => typeof value === 'number' && !SAID_ELSEWHERE.has(name),
  );
  return [
    `${attribution.scoreKind} ${formatNumber(attribution.score)}`,
    ...others.map(([name, value]) => `${spaced(name)} ${formatNumber(value as number)}`),
    ...(attribution.repeat ? [repeatText(attribution.repeat)] : []),
  ].join(', ');
}
/** `rank correlation between 5 seeds 0.93, least 0.91`. */
function repeatText({ seeds, mean, least }: Repeated): string {
  const text = `rank correlation between ${seeds.length} seeds`;
  return mean === null || least === null
    ? `${text} not defined`
    : `${text} ${formatNumber(mean)}, least ${formatNumber(least)}`;
}

const SAID_ELSEWHERE: ReadonlySet<string> = new Set([
  ...['score', 'seed', 'forwardPasses', 'backwardPasses', 'seconds', 'level'],
]);

/** `convergenceDelta` as `convergence delta`. */
const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The model, the photo and the versions, as the caller gives them. */
const facts = ({ model, image, versions }: ReportRun): Html => html`
<dl class="facts">${Object.entries({ model, photo: image, versions }).map(
  ([name, known]) =>
    known &&
    html`<div><dt>${name}</dt><dd>${list(Object.entries(known).map(([key, value]) => [key, optionText(value)]))}</dd></div>`,
)}</dl>`;

const list = (entries: readonly (readonly [name: string, value: Content])[]): Content =>
  entries.length === 0
    ? '–'
    : html`<ul class="pairs">${entries.map(([name, value]) => html`<li><span>${name}</span> ${value}</li>`)}</ul>`;
