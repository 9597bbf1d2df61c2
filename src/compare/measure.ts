/** Attributions measured: faithfulness, stability, localisation and sanity, each beside what random attributions get. */
import type { Attribution } from '../core/attribution.ts';
import { checkInteger } from '../core/check.ts';
import type { Measured } from '../core/measured.ts';
import type { Classifier, Picture, Progress, RunOptions } from '../core/predictor.ts';
import type { Region } from './metrics/object-mask.ts';
import { parseMetrics } from './parse-metrics.ts';
import { studyOf } from './study.ts';

export interface MeasureOptions extends Omit<RunOptions, 'onProgress'> {
  /** Names of metrics, or `all`, each with options of its own if need be: `insertion:step=448,substrate=blur`. */
  readonly metrics: readonly string[];
  /** Where objects are on the photo, as boxes or masks, each of one class or of all: for `pointing-game` and `energy-in-box`. */
  readonly boxes?: readonly Region[] | undefined;
  /** Of all that is drawn, the random attributions among it. Default: 0. */
  readonly seed?: number | undefined;
  /** Called as the passes of each metric finish. */
  readonly onProgress?: ((progress: Progress & { readonly method: string }) => void) | undefined;
}

/** An attribution that says how good it is. */
export type MeasuredAttribution = Attribution & Required<Pick<Attribution, 'metrics'>>;

/**
 * The same attributions of one picture with `metrics` filled in. Where a metric is not defined for a map its value is `null`,
 * with a reason, which `warnings` has as a sentence. All attributions share each metric's passes.
 * @throws `ERR_OPTION` for an unknown metric or a wrong option, for a metric whose boxes are missing, and for attributions of
 * another picture or model; `ERR_NOT_FINITE` where an attribution has values that are no numbers
 * @example
 * const [measured] = await measure(model, image, [attribution], { metrics: ['deletion', 'insertion:step=1024'] });
 * console.log(measured.metrics.deletion); // { value, random, spread, better, curve }
 */
export async function measure(
  model: Classifier,
  image: Picture,
  attributions: readonly Attribution[],
  { metrics, boxes, seed = 0, signal, onProgress }: MeasureOptions,
): Promise<MeasuredAttribution[]> {
  const chosen = parseMetrics(metrics, boxes !== undefined);
  const wanted = { boxes, seed: checkInteger(seed, 'seed'), signal };
  const { study, itemOf, names } = await studyOf(model, image, attributions, wanted);
  const found = attributions.map((): { [metric: string]: Measured } => ({}));
  for (const { metric, options } of chosen) {
    signal?.throwIfAborted();
    const report = onProgress && ((progress: Progress) => onProgress({ ...progress, method: metric.name }));
    const measured = study.items.length > 0 ? await metric.measure({ ...study, onProgress: report }, options) : [];
    for (const [at, entry] of found.entries()) {
      entry[metric.name] = measured[itemOf[at]!] ?? {
        value: null,
        reason: CONSTANT,
        random: null,
        better: metric.better,
      };
    }
  }
  return attributions.map((attribution, at) => {
    const warnings = [...(attribution.warnings ?? []), ...warningsOf(found[at]!, names[at]!)];
    return {
      ...attribution,
      metrics: { ...attribution.metrics, ...found[at] },
      ...(warnings.length > 0 ? { warnings } : {}),
    };
  });
}

const CONSTANT = 'the map is the same everywhere and ranks no pixel';

/** What metrics warn of, and those without a value, with the same reason in one sentence. */
function warningsOf(metrics: { readonly [metric: string]: Measured }, name: string): string[] {
  const reasons = new Map<string, string[]>();
  for (const [metric, { reason }] of Object.entries(metrics)) {
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), metric]);
  }
  return [
    ...Object.values(metrics).flatMap(({ warning }) => (warning === undefined ? [] : [`${name}: ${warning}`])),
    ...[...reasons].map(([reason, unmet]) => `${unmet.join(', ')} of ${name}: no value, as ${reason}.`),
  ];
}
