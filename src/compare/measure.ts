/** Attributions measured: faithfulness, stability, localisation and sanity, each beside what random attributions get. */
import type { Attribution } from '../core/attribution.ts';
import { checkInteger } from '../core/check.ts';
import type { Measured } from '../core/measured.ts';
import type { Classifier, Picture, Progress, RunOptions } from '../core/predictor.ts';
import { parseMetrics } from './parse-metrics.ts';
import { studyOf } from './study.ts';

export interface MeasureOptions extends Omit<RunOptions, 'onProgress'> {
  /** Names of metrics, or `all`, each with options of its own if need be: `insertion:step=448,substrate=blur`. */
  readonly metrics: readonly string[];
  /** Of all that is drawn, the random attributions among it. Default: 0. */
  readonly seed?: number | undefined;
  /** Called as the passes of each metric finish. */
  readonly onProgress?: ((progress: Progress & { readonly method: string }) => void) | undefined;
}

/**
 * The same attributions of one picture with `metrics` filled in. A map that a metric is not defined for gets `null` and a
 * sentence in `warnings`. All attributions share each metric's passes.
 * @throws `ERR_OPTION` for an unknown metric or a wrong option, and for attributions of another picture or model;
 * `ERR_NOT_FINITE` where an attribution has values that are no numbers
 * @example
 * const [measured] = await measure(model, image, [attribution], { metrics: ['deletion', 'insertion'] });
 * console.log(measured.metrics.deletion); // { value, random, better, … }
 */
export async function measure(
  model: Classifier,
  image: Picture,
  attributions: readonly Attribution[],
  { metrics, seed = 0, signal, onProgress }: MeasureOptions,
): Promise<Attribution[]> {
  const chosen = parseMetrics(metrics);
  const { study, itemOf, warnings } = await studyOf(model, image, attributions, checkInteger(seed, 'seed'), signal);
  const found = attributions.map((): { [metric: string]: Measured } => ({}));
  for (const { metric, options } of chosen) {
    signal?.throwIfAborted();
    const report = onProgress && ((progress: Progress) => onProgress({ ...progress, method: metric.name }));
    const measured = study.items.length > 0 ? await metric.measure({ ...study, onProgress: report }, options) : [];
    for (const [at, entry] of found.entries()) {
      entry[metric.name] = measured[itemOf[at]!] ?? { value: null, random: null, better: metric.better };
    }
  }
  return attributions.map((attribution, at) => ({
    ...attribution,
    metrics: { ...attribution.metrics, ...found[at] },
    ...(warnings[at] ? { warnings: [...(attribution.warnings ?? []), warnings[at]] } : {}),
  }));
}
