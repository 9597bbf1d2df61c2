/** The registry. A metric is one file, which describes it, and one line here. */
import { deletion } from './metrics/deletion.ts';
import { insertion } from './metrics/insertion.ts';
import type { Metric } from './metrics/metric.ts';

/** In the order in which they are shown. */
export const METRICS: readonly Metric[] = [deletion, insertion];
