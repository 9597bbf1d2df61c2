/** The comparison as a page: one HTML file that opens from disk, needs no network and can be kept beside the results. */
import { readFile } from 'node:fs/promises';
import type { Comparison } from '../../compare/compare.ts';
import type { Json } from '../../core/attribution.ts';
import { checkChoice } from '../../core/check.ts';
import { expected } from '../../core/errors.ts';
import { packageFile } from '../../core/package-file.ts';
import type { Photo } from '../../core/predictor.ts';
import { checkPhoto } from '../shown-part.ts';
import { gridOf } from './grid.ts';
import { html } from './html.ts';
import { packPage, type ReportLook } from './pack-page.ts';
import { photoUrl } from './photo-url.ts';
import { agreementSection } from './sections/agreement.ts';
import { closer } from './sections/closer.ts';
import { curvesSection } from './sections/curves.ts';
import { heading, titleOf } from './sections/heading.ts';
import { metricsSection } from './sections/metrics.ts';
import { overview } from './sections/overview.ts';
import { runSection } from './sections/run-details.ts';
import { skeleton } from './skeleton.ts';

/** What is known of the run and shown as it is. */
export interface ReportRun {
  /** The command that repeats it. */
  readonly command?: string | undefined;
  readonly model?: Facts | undefined;
  readonly image?: Facts | undefined;
  readonly versions?: Facts | undefined;
}
type Facts = { readonly [name: string]: Json };

export interface ReportOptions extends ReportLook {
  /** Stands above the title. Default: the names of the photo and the model, where `run` has them. */
  readonly source?: string | undefined;
  /** Default: nothing is said of the run but what the attributions know. */
  readonly run?: ReportRun | undefined;
}

/** What `compare` returns. Metrics of the attributions and a summary are shown where there are any. */
export type Reported = Omit<Comparison, 'summary'> & { readonly summary?: string | undefined };

/**
 * Makes a self-contained HTML page of a comparison: the photo with a slider for the heatmap's strength, values under the
 * pointer or the keyboard's cursor, two maps side by side or their difference, the agreement's matrices, the metrics and
 * their curves, and how all of it was made. Maps travel as float16 at their own resolution; where all of them have more
 * than 900,000 cells the finest are averaged. The photo is scaled to at most 1600 pixels on its longer side.
 *
 * @param comparison what `compare` returns
 * @param photo that was explained, RGB, at its own resolution
 * @param options the look of the heatmaps, and what is known of the run
 * @returns the page, HTML in UTF-8
 * @throws `ERR_OPTION` where there are no attributions, an option is wrong or the photo is another one
 * @example
 * ```ts
 * const comparison = await compare(model, image, { methods: ['occlusion', 'grad-cam'] });
 * await writeFile('report.html', await report(comparison, image, { run: { model: { path: model.path } } }));
 * ```
 */
export async function report(comparison: Reported, photo: Photo, options: ReportOptions = {}): Promise<string> {
  const { attributions, predictions, agreement, refused, summary } = comparison;
  if (attributions.length === 0) throw expected('ERR_OPTION', 'comparison', 'at least one attribution', 'none');
  for (const { view } of attributions) checkPhoto(photo, view);
  const { run = {}, source = sourceOf(run), ...look } = options;
  const isPerMap = checkChoice(look.scale ?? 'method', 'scale', ['method', 'map']) === 'map';
  const grid = gridOf(attributions);
  const data = packPage(grid, photo, look);
  const title = titleOf(grid.classes);
  const body = html`
<main>
${heading({ title, source, photo: await photoUrl(photo), predictions, classes: grid.classes, summary })}
${closer(grid)}
${overview(grid, data, isPerMap)}
${agreementSection(grid, agreement)}
${metricsSection(grid)}
${curvesSection(grid)}
${runSection(grid, refused, run)}
</main>`;
  const [style, script] = await Promise.all([asset('page.css'), asset('page.js')]);
  return skeleton({ title: source ? `${title} ${source}` : title, body, style, script, data });
}

/** What `npm run build` makes of `page/`. */
const asset = (name: string): Promise<string> => readFile(packageFile(`dist/page/${name}`), 'utf8');

/** `photo.jpg · squeezenet1_1`. */
const sourceOf = ({ image, model }: ReportRun): string =>
  [nameOf(image?.path), nameOf(model?.path)].filter((name) => name !== undefined).join(' · ');

/** A file's name; that of its folder where the file is called `model.onnx`, as many are. */
function nameOf(path: Json | undefined): string | undefined {
  if (typeof path !== 'string') return undefined;
  const [name, folder] = path.split(/[\\/]/).toReversed();
  return name === 'model.onnx' && folder ? folder : name;
}
