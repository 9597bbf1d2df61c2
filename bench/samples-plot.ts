/**
 * Draws what bench/samples-needed found: for each method the median over the photos of Spearman's correlation with 20,000
 * samples of other seeds; and writes to stdout after how many samples it stays above 0.95.
 *
 *     node dist/bench/samples-plot.js OUT/curves.json docs/images/samples-needed.png
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compose } from '../src/render/compose.ts';
import { textPath } from '../src/render/text.ts';
import type { Curve, OfPhoto } from './samples-needed.ts';

const ENOUGH = 0.95;
const PANEL = { width: 340, height: 300, left: 50, top: 46, gap: 36 };
const COLOURS = ['#8a8f98', '#1f6feb', '#d1572b'];
const X = [100, 200, 500, 1000, 2000, 4000];
const Y = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const LEGEND = 78;

const [source, target] = process.argv.slice(2);
if (!source || !target) throw new Error('usage: node dist/bench/samples-plot.js CURVES.json PICTURE.png');
const photos: OfPhoto[] = JSON.parse(await readFile(source, 'utf8'));
const variants = photos[0]!.curves.map(({ variant }) => variant);
const panels = [...new Set(variants.map((variant) => variant.split(/\W/)[0]!))];

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!;

const curvesOf = (variant: string): Curve[] =>
  photos.map(({ curves }) => curves.find((curve) => curve.variant === variant)!);

/** Points [samples, median]; photos whose fits need more samples to begin with have none of the first. */
function medians(variant: string): (readonly [number, number])[] {
  const curves = curvesOf(variant);
  const stages = [...new Set(curves.flatMap(({ samples }) => samples))].toSorted((a, b) => a - b);
  return stages.flatMap((stage) => {
    const values = curves.flatMap(({ samples, spearman }) => {
      const at = samples.indexOf(stage);
      return at < 0 ? [] : [spearman[at]!];
    });
    return values.length === photos.length ? [[stage, quantile(values, 0.5)] as const] : [];
  });
}

/** From how many samples on a curve stays above 0.95; infinite where it does not. */
function needed({ samples, spearman }: Curve): number {
  const last = spearman.findLastIndex((value) => !(value >= ENOUGH));
  return samples[last + 1] ?? Infinity;
}

const xOf = (samples: number) => (PANEL.width * Math.log(samples / X[0]!)) / Math.log(X.at(-1)! / X[0]!);
const yOf = (value: number) => (PANEL.height * (1 - Math.max(value, Y[0]!))) / (1 - Y[0]!);
const SMALL = { size: 12, fill: '#5f6368' } as const;

function panel(name: string, at: number): string {
  const left = PANEL.left + at * (PANEL.width + PANEL.gap);
  const line = (x1: number, y1: number, x2: number, y2: number, colour: string) =>
    `<path fill="none" stroke="${colour}" d="M${left + x1} ${PANEL.top + y1}L${left + x2} ${PANEL.top + y2}"/>`;
  const rows = Y.map((value) => {
    const label =
      at === 0 ? textPath(String(value), left - 8, PANEL.top + yOf(value) + 4, { ...SMALL, anchor: 'end' }) : '';
    return line(0, yOf(value), PANEL.width, yOf(value), '#e6e8eb') + label;
  });
  const columns = X.map(
    (samples) =>
      line(xOf(samples), 0, xOf(samples), PANEL.height, '#f1f2f4') +
      textPath(String(samples), left + xOf(samples), PANEL.top + PANEL.height + 18, { ...SMALL, anchor: 'middle' }),
  );
  const enough = `<path fill="none" stroke="#5f6368" stroke-dasharray="4 4" d="M${left} ${PANEL.top + yOf(ENOUGH)}h${PANEL.width}"/>`;
  const curves = variants
    .filter((variant) => variant.split(/\W/)[0] === name)
    .map((variant, order) => {
      const points = medians(variant).map(
        ([samples, value]) => `${(left + xOf(samples)).toFixed(1)} ${(PANEL.top + yOf(value)).toFixed(1)}`,
      );
      const y = PANEL.top + PANEL.height + 42 + 18 * order;
      return (
        `<path fill="none" stroke="${COLOURS[order]}" stroke-width="2" d="M${points.join('L')}"/>` +
        `<path fill="none" stroke="${COLOURS[order]}" stroke-width="3" d="M${left} ${y - 4}h20"/>` +
        textPath(variant, left + 28, y, { size: 13 })
      );
    });
  return [...rows, ...columns, enough, ...curves].join('');
}

const width = PANEL.left + panels.length * (PANEL.width + PANEL.gap);
const height = PANEL.top + PANEL.height + 30 + LEGEND;
const title = `Spearman’s correlation with a run of 20,000 samples, after so many samples (median of ${photos.length} photos)`;
const writing = textPath(title, PANEL.left, 24, { size: 15, weight: 'semibold' }) + panels.map(panel).join('');
await writeFile(target, await compose({ width, height }, writing, []));

process.stdout.write('| | median | 3 of 4 photos |\n| --- | --- | --- |\n');
for (const variant of variants) {
  const all = curvesOf(variant).map(needed);
  const text = (samples: number) => (Number.isFinite(samples) ? String(samples) : 'more than were drawn');
  process.stdout.write(`| ${variant} | ${text(quantile(all, 0.5))} | ${text(quantile(all, 0.75))} |\n`);
}
