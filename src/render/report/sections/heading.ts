/** The top of the page: which photo, what the model predicts, and the summary. */
import type { Target } from '../../../core/target.ts';
import { formatProbability } from '../../format-number.ts';
import { shortLabel } from '../grid.ts';
import { type Html, html } from '../html.ts';

export interface Heading {
  readonly title: string;
  /** What stands below the title. */
  readonly source: string;
  readonly photo: { readonly url: string; readonly width: number; readonly height: number };
  readonly predictions: readonly Target[];
  /** Those that are explained; they are listed with the predictions. */
  readonly classes: readonly Target[];
  readonly summary: string | undefined;
}

export const heading = ({ title, source, photo, predictions, classes, summary }: Heading): Html => html`
<header class="top">
  <div>
    <p class="source">${source}</p>
    <h1>${title}</h1>
  </div>
  <div class="seen">
    <img id="photo" src="${photo.url}" width="${photo.width}" height="${photo.height}" alt="The photo that is explained">
    <table class="predictions">
      <caption>The model predicts</caption>
      <tbody>${listed(predictions, classes).map(prediction)}</tbody>
    </table>
  </div>
</header>
${summary ? html`<section class="summary" aria-labelledby="summary-title"><h2 id="summary-title">In short</h2><p>${summary}</p></section>` : undefined}`;

/** The predictions, and below them the classes that are explained but not among them. */
const listed = (predictions: readonly Target[], classes: readonly Target[]): Target[] => [
  ...predictions,
  ...classes.filter(({ index }) => !predictions.some((target) => target.index === index)),
];

const prediction = (target: Target): Html => html`
<tr>
  <th scope="row"><bdi>${shortLabel(target)}</bdi></th>
  <td>${formatProbability(target.probability)}</td>
  <td aria-hidden="true"><svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none"><rect class="whole" width="100" height="6"/><rect class="part" width="${100 * target.probability}" height="6"/></svg></td>
</tr>`;

/** `Why bull mastiff?`, `Why cat or dog?`, `Why cat, and why 4 other classes?` */
export function titleOf(classes: readonly Target[]): string {
  const [first, second, ...others] = classes.map(shortLabel);
  if (others.length > 0) return `Why ${first}, and why ${others.length + 1} other classes?`;
  return second === undefined ? `Why ${first}?` : `Why ${first} or ${second}?`;
}
