/** What decides about the numbers of an evaluation: only lines that were made with the same are put together. */
import { createHash } from 'node:crypto';
import { DEFAULT_METHODS } from '../../compare/compare.ts';
import { parseMethods } from '../../compare/parse-methods.ts';
import { parseMetrics } from '../../compare/parse-metrics.ts';
import type { Model } from '../../model.ts';
import { versions, writtenPath } from '../document.ts';
import { type Given, listed, metricsOption } from '../options.ts';
import { recordedOptions } from '../recorded-options.ts';

export interface Settings {
  readonly [name: string]: unknown;
}

/** The metrics where none are named. */
const defaultMetrics = (given: Given) => (given.boxes ? ['pointing-game', 'energy-in-box'] : ['deletion', 'insertion']);

/** The methods and metrics that are asked for, as `compare` takes them. @throws `ERR_OPTION` for one that there is not */
export function chosenNames(given: Given): {
  readonly methods: readonly string[];
  readonly metrics: readonly string[];
} {
  const names = {
    methods: listed(given, 'method') ?? DEFAULT_METHODS,
    metrics: metricsOption(given) ?? defaultMetrics(given),
  };
  parseMethods(names.methods);
  parseMetrics(names.metrics, given.boxes !== undefined);
  return names;
}

/** @param boxes the SHA-256 of their file */
export function settingsOf(model: Model, folder: string, given: Given, boxes: string | undefined): Settings {
  const { methods, metrics } = chosenNames(given);
  const { node: _, ...made } = versions();
  const options = recordedOptions({ ...given, method: undefined, methods: undefined, metrics: undefined });
  return {
    model: { sha256: model.sha256, output: model.outputName },
    folder: writtenPath(folder),
    boxes: boxes ?? null,
    methods: parseMethods(methods).map(({ method: { name }, options: own }) => ({ name, ...own })),
    metrics: parseMetrics(metrics, boxes !== undefined).map(({ metric: { name }, options: own }) => ({ name, ...own })),
    options,
    versions: made,
  };
}

/** The first line of the file. */
export const headOf = (settings: Settings): object => ({
  evaluation: 1,
  sha256: createHash('sha256').update(JSON.stringify(settings)).digest('hex'),
  settings,
});

/** In words, which settings a file was begun with that are others now. */
export function differenceOf(head: unknown, now: Settings): string {
  const before = (head as { settings?: Settings } | null)?.settings ?? {};
  const changed = Object.keys(now).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
  if (changed.length === 0) return 'another first line';
  return `other ${changed.join(', ')} (${changed.map((name) => `${name} was ${JSON.stringify(before[name])}`).join(', ')})`;
}
