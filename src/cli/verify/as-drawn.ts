/** What a budget ended depends on the machine: it is made again from as many samples as it used. */

import { columnNames } from '../../compare/column-names.ts';
import { parseMethods } from '../../compare/parse-methods.ts';
import type { Attribution } from '../../core/attribution.ts';
import type { RecordedAttribution } from './read-record.ts';

/** The methods of a run, those with a budget with the number of samples that was used in its place. */
export function asDrawn(methods: readonly string[], attributions: readonly RecordedAttribution[]): readonly string[] {
  const timed = attributions.filter(({ options, samplesUsed }) => 'budget' in options && samplesUsed !== undefined);
  if (timed.length === 0) return methods;
  const columns = columnNames(attributions as unknown as Attribution[]);
  const seen = new Map<string, number>();
  return parseMethods(methods).map(({ method: { name }, options }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const found = attributions[columns.indexOf(count === 1 ? name : `${name}-${count}`)];
    const budget = found && timed.includes(found) ? { budget: `${found.samplesUsed} samples` } : {};
    const settings = Object.entries({ ...options, ...budget }).map(([option, value]) => `:${option}=${value}`);
    return `${name === 'cam' ? 'CAM' : name}${settings.join('')}`;
  });
}
