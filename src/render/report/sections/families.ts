/** How alike the families of methods are, and how each method tells classes apart. */
import type { Agreement } from '../../../compare/agreement.ts';
import { type Grid, shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';

const FAMILIES = {
  perturbation: 'two methods that perturb the picture',
  gradient: 'two that take gradients',
  between: 'one of each',
} as const;

/** The mean rank correlation within and between families; nothing where no two methods explain one class. */
export function familiesNote({ families }: Agreement): Html | undefined {
  const known = Object.entries(FAMILIES).flatMap(([name, words]) => {
    const mean = families[name as keyof typeof FAMILIES];
    return mean === null ? [] : [`${words} ${correlation(mean)}`];
  });
  if (known.length === 0) return undefined;
  return html`<p>Mean rank correlation of the maps for one class: ${known.join(', ')}.</p>`;
}

/** The rank correlation of each method's maps for two classes: a row for each method, a column for each pair. */
export function classesTable({ columns, classes }: Grid, { classes: entries }: Agreement): Html | undefined {
  if (entries.length === 0) return undefined;
  const labelOf = (index: number) => shortLabel(classes.find((target) => target.index === index)!);
  const pairs = [...new Map(entries.map(({ targets }) => [String(targets), targets])).values()];
  const entryOf = (name: string, pair: readonly number[]) =>
    entries.find(({ method, targets }) => method === name && String(targets) === String(pair));
  return html`
<h3 id="classes-title">The same method, two classes</h3>
<p class="note">Rank correlation of a method's maps for two classes. Near 1 the map is the same for both, and explains neither.</p>
<div class="scroll" tabindex="0" role="region" aria-labelledby="classes-title">
  <table class="ruled narrow">
    <thead><tr><th scope="col">Method</th>${pairs.map((pair) => html`<th scope="col">${pair.map(labelOf).join(' and ')}</th>`)}</tr></thead>
    <tbody>${columns.map(
      ({ name, title }) => html`
      <tr><th scope="row">${title}</th>${pairs.map((pair) => html`<td>${textOf(entryOf(name, pair)?.spearman)}</td>`)}</tr>`,
    )}</tbody>
  </table>
</div>`;
}

const textOf = (value: number | null | undefined): string => (typeof value === 'number' ? correlation(value) : '–');

/** Two decimals, with a real minus sign and no minus zero. */
export const correlation = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^-0\.00$/, '0.00')
    .replace('-', '−');
