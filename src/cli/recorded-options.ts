import type { Given } from './options.ts';

/** What changes no number: where results go and what is said meanwhile, how the work is spread, and what is recorded by itself. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...['json', 'quiet', 'out', 'raw', 'report', 'config', 'model', 'limit', 'boxes'],
  ...['workers', 'batch', 'memory'],
]);

/** The options that decide about the numbers, as they were given on the command line or in a config file, sorted by name. */
export const recordedOptions = (given: Given): Given =>
  Object.fromEntries(
    Object.entries(given)
      .filter(([name, value]) => !LEFT_OUT.has(name) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
