/** A line chart of score curves, as SVG. Colours are classes of the page's style sheet, so that they follow dark and light. */
import type { Curve } from '../../core/measured.ts';
import { formatNumber } from '../format-number.ts';
import { niceTicks } from '../nice-ticks.ts';
import { type Html, html } from './html.ts';
import type { Axes } from './metric-words.ts';

export interface Line {
  readonly title: string;
  /** Which of the page's colours; more lines than colours are told apart by dots. */
  readonly colour: number;
  readonly curve: Curve;
  /** The metric's, and that of random attributions. */
  readonly value: number | null;
  readonly random: number | null;
}

const COLOURS = 8;
const [WIDTH, HEIGHT] = [420, 254];
const [LEFT, TOP, RIGHT, BOTTOM] = [44, 24, 16, 40];

/** The classes of a line's path. */
export const lineClass = (colour: number): string =>
  `line line-${colour % COLOURS}${colour >= COLOURS ? ' dotted' : ''}`;

export function curveChart(title: string, lines: readonly Line[], { across, up }: Axes): Html {
  const scores = lines.flatMap(({ curve, random }) => [...curve.score, random ?? 0]);
  const ticks = niceTicks(Math.min(0, ...scores), Math.max(...scores));
  const [least, most] = [ticks[0]!, ticks.at(-1)!];
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - RIGHT);
  const y = (score: number) => TOP + ((most - score) / (most - least)) * (HEIGHT - TOP - BOTTOM);
  const path = ({ share, score }: Curve) =>
    share.map((at, point) => `${point === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(score[point]!).toFixed(1)}`).join('');
  const band = randomBand(lines);
  return html`
<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: a line for each of ${lines.map((line) => line.title).join(', ')}; the values are in the table below">
  ${ticks.map((score) => html`<path class="rule" d="M${LEFT} ${y(score)}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${y(score) + 4}" text-anchor="end">${formatNumber(score)}</text>`)}
  ${[0, 25, 50, 75, 100].map((percent) => html`<text x="${x(percent / 100)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${percent}</text>`)}
  <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${across}</text>
  <text x="${LEFT}" y="10">${up}</text>
  ${band && html`<rect class="band" x="${LEFT}" width="${WIDTH - LEFT - RIGHT}" y="${y(band.most)}" height="${y(band.least) - y(band.most)}"/>${[...new Set([band.least, band.most])].map((score) => html`<path class="random" d="M${LEFT} ${y(score)}H${WIDTH - RIGHT}"/>`)}`}
  ${lines.map(({ colour, curve }) => html`<path class="${lineClass(colour)}" d="${path(curve)}"/>`)}
</svg>`;
}

/** From the least to the most that random attributions get. */
export function randomBand(lines: readonly Line[]): { readonly least: number; readonly most: number } | undefined {
  const areas = lines.flatMap(({ random }) => random ?? []);
  return areas.length === 0 ? undefined : { least: Math.min(...areas), most: Math.max(...areas) };
}

/** The score at a share, between the points that are known; nothing beyond the first and the last of them. */
export function scoreAt({ share, score }: Curve, at: number): number | undefined {
  const above = share.findIndex((known) => known >= at - 1e-9);
  if (above < 0 || share[above]! - at <= 1e-9) return score[above];
  if (above === 0) return undefined;
  const [from, to] = [share[above - 1]!, share[above]!];
  return score[above - 1]! + ((at - from) / (to - from)) * (score[above]! - score[above - 1]!);
}
