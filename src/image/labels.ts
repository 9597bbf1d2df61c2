import * as v from 'valibot';
import { expected } from '../core/errors.ts';
import { parseJson } from './parse-json.ts';

const numbered = v.record(v.pipe(v.string(), v.regex(/^\d{1,7}$/)), v.string());
const json = v.union([
  v.array(v.string()),
  v.pipe(
    v.object({ id2label: numbered }),
    v.transform(({ id2label }) => id2label),
  ),
  numbered,
]);

/**
 * Class names from the text of a file: Hugging Face's `config.json` with `id2label`, a JSON array, a JSON object with the
 * keys "0", "1", …, or one name a line.
 *
 * @param text of the file; it is not trusted
 * @param name what error sentences call the file
 * @returns the name of each class, by its index
 * @throws `ERR_MODEL` where the file holds no names, or not one for each class
 * @example
 * ```ts
 * labels('{ "id2label": { "0": "cat", "1": "dog" } }', 'config.json'); // ['cat', 'dog']
 * ```
 */
export function labels(text: string, name: string): string[] {
  const names = /^\s*[[{]/.test(text) ? fromJson(text, name) : lines(text);
  if (names.length > 0) return names;
  throw expected('ERR_MODEL', name, 'the name of at least one class', 'none');
}

const lines = (text: string) =>
  text.trim()
    ? text
        .trimEnd()
        .split(/\r?\n/)
        .map((line) => line.trim())
    : [];

function fromJson(text: string, name: string): string[] {
  const parsed = parseJson(json, text, name);
  if (Array.isArray(parsed)) return parsed;
  const names = new Map(Object.entries(parsed).map(([index, label]) => [Number(index), label]));
  return Array.from({ length: names.size }, (_, index) => {
    const label = names.get(index);
    if (label !== undefined) return label;
    throw expected('ERR_MODEL', name, `names for the classes 0 to ${names.size - 1}`, `none for class ${index}`);
  });
}
