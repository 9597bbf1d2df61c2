import { ExplainError } from './errors.ts';
import { nearest } from './nearest.ts';

/** A class to explain. */
export interface Target {
  readonly index: number;
  readonly label: string;
  /** The model's probability for it on the unperturbed picture. */
  readonly probability: number;
}

/** The label of a class, or its number where the model has no labels. */
export const labelOf = (labels: readonly string[], index: number): string => labels[index] ?? `class ${index}`;

/**
 * The class meant by an index, a whole label, or one of a label's comma-separated synonyms; case is ignored.
 * @throws `ERR_TARGET` where none or several match, naming the candidates.
 */
export function resolveTarget(wanted: number | string, labels: readonly string[], classes: number): number {
  const index = typeof wanted === 'number' || /^\d+$/.test(wanted.trim()) ? Number(wanted) : undefined;
  if (index !== undefined) {
    if (Number.isInteger(index) && index >= 0 && index < classes) return index;
    throw new ExplainError('ERR_TARGET', `target: expected a class from 0 to ${classes - 1}, received ${index}.`);
  }
  const name = normalise(String(wanted));
  const whole = labels.flatMap((label, at) => (normalise(label) === name ? [at] : []));
  const matches =
    whole.length > 0 ? whole : labels.flatMap((label, at) => (synonyms(label).includes(name) ? [at] : []));
  if (matches.length === 1) return matches[0]!;
  const candidates = (matches.length > 1 ? matches : nearest(name, labels.map(synonyms))).map(
    (at) => `${at} '${labels[at]}'`,
  );
  const received = matches.length > 1 ? `'${wanted}', which ${matches.length} classes carry` : `'${wanted}'`;
  const advice = candidates.length > 0 ? `Did you mean ${candidates.join(' or ')}?` : 'Give the class by its index.';
  throw new ExplainError(
    'ERR_TARGET',
    `target: expected the name or index of one class, received ${received}. ${advice}`,
  );
}

/**
 * The classes meant by several indexes and names, each once. A text that is no whole label may be a list with commas: `cat,dog`.
 * @throws `ERR_TARGET` as `resolveTarget` does
 */
export function resolveTargets(
  wanted: readonly (number | string)[],
  labels: readonly string[],
  classes: number,
): number[] {
  const isLabel = (text: string) => labels.some((label) => normalise(label) === normalise(text));
  const names = wanted.flatMap((name) => (typeof name === 'string' && !isLabel(name) ? name.split(',') : [name]));
  return [...new Set(names.map((name) => resolveTarget(name, labels, classes)))];
}

const normalise = (label: string) => label.trim().toLowerCase();
const synonyms = (label: string) => label.split(',').map(normalise);
