/** What a JSON record holds so that `verify` can run it again: the command's options and the files that they name. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Source, writtenPath } from './document.ts';
import { type Given, listed } from './options.ts';
import { PLANS, type PlanName } from './plan.ts';
import { recordedOptions } from './recorded-options.ts';

export interface RunRecord {
  readonly command: PlanName;
  /** By name, as on the command line; of files the paths as in `files`. */
  readonly options: Given;
  /** That options name, besides the model and the photo. */
  readonly files: readonly Source[];
}

/** The path at the end of an option's text, where it has one: `labels.txt`, `NAME=map.npy`. */
const PATHS: { readonly [option: string]: (text: string) => string | undefined } = {
  labels: (text) => text,
  segmentation: (text) => (extname(text).toLowerCase() === '.npy' ? text : undefined),
  attribution: (text) => text.slice(text.indexOf('=') + 1),
};

/** Options, with every path that they name replaced by what `replace` makes of it. */
export function withPaths(options: Given, replace: (path: string) => string): Given {
  const replaced = (find: (text: string) => string | undefined) => (value: unknown) => {
    const text = String(value);
    const path = find(text);
    return path === undefined ? value : text.slice(0, text.length - path.length) + replace(path);
  };
  const entries = Object.entries(options).map(([name, value]) => {
    const find = PATHS[name];
    if (!find) return [name, value];
    return [name, Array.isArray(value) ? value.map(replaced(find)) : replaced(find)(value)];
  });
  return Object.fromEntries(entries);
}

/** @param given the options as they were asked for, with those of a config file */
export async function recordOf(command: PlanName, given: Given): Promise<RunRecord> {
  const { method: _, ...rest } = given;
  const methods = listed(given, 'method') ?? PLANS[command].methods;
  const paths: string[] = [];
  const options = withPaths(recordedOptions({ ...rest, methods }), (path) => {
    paths.push(path);
    return writtenPath(path);
  });
  const files = await Promise.all(
    paths.map(async (path) => ({
      path: writtenPath(path),
      sha256: createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    })),
  );
  return { command, options, files };
}
