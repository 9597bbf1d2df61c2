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
 * Metrics from names, `all`, and options behind a name. Case, `-` and `_` do not matter.
 * @throws `ERR_OPTION` for a name that no metric has, an option that the metric does not have, or one metric twice
 */
export function parseMetrics(names: readonly string[]): ChosenMetric[] {
  const chosen = names.flatMap((text) => {
    const [name = '', ...settings] = text.split(/[:,](?=[\w-]+=)/);
    return metricsNamed(name).map((metric) => ({ metric, options: optionsOf(metric, settings) }));
  });
  const twice = chosen.find(({ metric }, at) => chosen.findIndex((other) => other.metric === metric) < at);
  if (twice) throw expected('ERR_OPTION', 'metrics', 'each metric once', `${twice.metric.name} twice`);
  return chosen;
}

function metricsNamed(name: string): readonly Metric[] {
  if (plainName(name) === 'all') return METRICS;
  const metric = METRICS.find((candidate) => plainName(candidate.name) === plainName(name));
  if (metric) return [metric];
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
