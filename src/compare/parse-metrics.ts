/** Metrics as people write them: `deletion`, `insertion:step=448,substrate=blur`. */
import { expected } from '../core/errors.ts';
import type { Metric, MetricOptions } from './metrics/metric.ts';
import { METRICS } from './metrics.ts';

export interface ChosenMetric {
  readonly metric: Metric;
  readonly options: MetricOptions;
}

/** The options whose value is a text; all others are numbers. */
const TEXTS: ReadonlySet<string> = new Set(['substrate']);

/**
 * Metrics from names, `all`, and options behind a name. Case, `-` and `_` do not matter. Without boxes, `all` has none of the
 * metrics that need them.
 * @throws `ERR_OPTION` for a name that no metric has, an option that the metric does not have, one metric twice, or one that
 * needs boxes where there are none
 */
export function parseMetrics(names: readonly string[], hasBoxes: boolean): ChosenMetric[] {
  const chosen = names.flatMap((text) => {
    const [name = '', ...settings] = text.split(/[:,](?=[\w-]+=)/);
    return metricsNamed(name, hasBoxes).map((metric) => ({ metric, options: optionsOf(metric, settings) }));
  });
  const twice = chosen.find(({ metric }, at) => chosen.findIndex((other) => other.metric === metric) < at);
  if (twice) throw expected('ERR_OPTION', 'metrics', 'each metric once', `${twice.metric.name} twice`);
  return chosen;
}

function metricsNamed(name: string, hasBoxes: boolean): readonly Metric[] {
  const isPossible = ({ needs }: Metric) => hasBoxes || !needs.includes('boxes');
  if (plainName(name) === 'all') return METRICS.filter(isPossible);
  const metric = METRICS.find((candidate) => plainName(candidate.name) === plainName(name));
  if (metric && isPossible(metric)) return [metric];
  if (metric) {
    const advice = 'Give them to `measure` or `compare`, or as --boxes to evaluate.';
    throw expected('ERR_OPTION', `metric ${metric.name}`, 'boxes of the objects on the photo', 'none', advice);
  }
  const known = METRICS.map((candidate) => candidate.name).join(', ');
  throw expected('ERR_OPTION', 'metric', `one of ${known}, all`, `'${name}'`);
}

const plainName = (name: string) => name.toLowerCase().replaceAll(/[-_\s]/g, '');

function optionsOf({ name, options }: Metric, settings: readonly string[]): MetricOptions {
  const known = Object.keys(options);
  const read = settings.map((setting) => {
    const [option = '', value = ''] = setting.split('=');
    if (!known.includes(option)) {
      const wanted = known.length > 0 ? `one of its options ${known.join(', ')}` : 'no options';
      throw expected('ERR_OPTION', `metric ${name}`, wanted, `'${option}'`);
    }
    return [option, TEXTS.has(option) ? value : numberOf(option, value)] as const;
  });
  return Object.fromEntries(read);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw expected('ERR_OPTION', option, 'a number', `'${text}'`);
  return value;
}
