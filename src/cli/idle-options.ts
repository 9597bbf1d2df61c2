/** Options that nothing of what is asked for reads: whoever wrote one expects it to count. */
import { METHOD_OPTION_NAMES, readersOf } from '../compare/method-options.ts';
import { leftOutOfGroups, parseMethods } from '../compare/parse-methods.ts';
import { expected } from '../core/errors.ts';
import { flagName, type Given } from './options.ts';

/** For options by their names what reads them. */
export type Readers = { readonly [option: string]: readonly string[] };

const SEGMENTED = ['lime', 'kernel-shap'];
const METHOD_READERS: Readers = {
  ...Object.fromEntries(METHOD_OPTION_NAMES.map((option) => [option, readersOf(option).map(({ name }) => name)])),
  ...Object.fromEntries(
    ['maskFeatures', 'positiveOnly', 'negativeOnly', 'hideRest', 'minWeight', 'saveSegments'].map((option) => [
      option,
      SEGMENTED,
    ]),
  ),
  saveSamples: ['lime'],
};

const idle = (given: Given, readers: Readers, chosen: readonly string[]): string[] =>
  Object.keys(readers).filter(
    (option) => given[option] !== undefined && !readers[option]!.some((name) => chosen.includes(name)),
  );

/** @throws `ERR_OPTION` for an option that none of what is chosen reads */
export function refuseIdle(given: Given, readers: Readers, chosen: readonly string[]): void {
  const [option] = idle(given, readers, chosen);
  if (option === undefined) return;
  const wanted = `what reads it (${readers[option]!.join(', ')})`;
  throw expected('ERR_OPTION', flagName(option), wanted, chosen.join(', '), 'Leave the option out.');
}

/**
 * What is asked for and not done, in sentences: options that no method reads, and methods that groups leave out. It is said rather
 * than refused, as one set of options may serve several methods in turn.
 */
export function notDone(given: Given, methods: readonly string[]): string[] {
  const chosen = parseMethods(methods).map(({ method }) => method.name);
  const flags = idle(given, METHOD_READERS, chosen).map(flagName);
  const gaps = leftOutOfGroups(methods).map(({ name }) => name);
  return [
    ...(flags.length > 0 ? [`no effect on ${chosen.join(', ')}: ${flags.join(', ')}.`] : []),
    ...(gaps.length > 0
      ? [`groups leave out ${gaps.join(', ')}, of several passes for each channel: ask for them by name.`]
      : []),
  ];
}
