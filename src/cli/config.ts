/** `--config FILE`: options by their names in a JSON file. What stands on the command line goes before it. */
import type { Command, Option } from 'commander';
import * as v from 'valibot';
import { ExplainError, expected } from '../core/errors.ts';
import { givenFile } from '../core/given-file.ts';
import { type Given, isYesNo, NUMBER_OPTIONS } from './options.ts';

const text = v.union([v.string(), v.number(), v.array(v.union([v.string(), v.number()]))]);
const number = v.union([v.number(), v.pipe(v.string(), v.decimal())]);
const FLAG = { schema: v.boolean(), wanted: 'true or false' };
const NUMBER = { schema: number, wanted: 'a number' };
const YES_NO = { schema: v.union([v.boolean(), v.picklist(['yes', 'no'])]), wanted: 'true or false' };
const TEXT = { schema: text, wanted: 'a text or a number' };

/**
 * The command's options with those of its config file below them.
 * @throws `ERR_OPTION` naming every mistake in the file
 */
export async function givenOptions(command: Command): Promise<Given> {
  const given: Given = command.opts();
  if (given.config === undefined) return given;
  const path = String(given.config);
  const kinds = new Map(command.options.map((option) => [option.attributeName(), kindOf(option)]));
  kinds.delete('config');
  const mistakes: string[] = [];
  const settings = Object.entries(await readObject(path)).map(([written, setting]) => {
    const name = written.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const kind = kinds.get(name);
    if (!kind) mistakes.push(`'${written}' is no option of ${command.name()}`);
    else if (!v.is(kind.schema, setting)) mistakes.push(`'${written}' takes ${kind.wanted}`);
    return [name, Array.isArray(setting) ? setting.map(String) : setting] as const;
  });
  if (mistakes.length > 0) throw new ExplainError('ERR_OPTION', `config file ${path}: ${mistakes.join('; ')}.`);
  const below = settings.filter(([name]) => !spellings(name).some((spelling) => spelling in given));
  return { ...Object.fromEntries(below), ...given };
}

function kindOf(option: Option) {
  if (!option.required && !option.optional) return FLAG;
  if (isYesNo(option.attributeName())) return YES_NO;
  return NUMBER_OPTIONS.has(option.attributeName()) ? NUMBER : TEXT;
}

/** `--method` and `--methods` are one option, and so are `--target` and `--targets`. */
const spellings = (name: string): string[] => [name, `${name}s`, name.replace(/s$/, '')];

async function readObject(path: string): Promise<Record<string, unknown>> {
  const text = (await givenFile(path, 'ERR_OPTION', `config file ${path}`, 'a JSON file')).toString();
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
  } catch (cause) {
    throw expected('ERR_OPTION', `config file ${path}`, 'a JSON object of options', 'something else', '', { cause });
  }
}
