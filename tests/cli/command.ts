/** Runs the built command as a user would: a process of its own in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(repository, 'dist/src/cli/main.js');
const BUNDLE = join(repository, 'dist/bundle/onnx-explain.cjs');
const madeAt = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
/** Whether what is installed was made of the modules as they are: `tsc` alone leaves it as it was. */
export const isBundled = madeAt(BUNDLE) >= madeAt(MODULES);
const MAIN = isBundled ? BUNDLE : MODULES;
const LONGEST_MS = 60_000;

export interface Outcome {
  /** Null where the process was killed because it hung. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A new working folder, removed after the tests of the file. */
export function workingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-explain-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `onnx-explain …args` to its end. */
export const command = (cwd: string, ...args: readonly string[]): Promise<Outcome> =>
  outcomeOf(start(cwd, [MAIN, ...args]));

export const startCommand = (cwd: string, ...args: readonly string[]): ChildProcess => start(cwd, [MAIN, ...args]);

/** Runs a script, given as its text, that may import `dist/src/index.js` under the name LIBRARY. */
export const script = (cwd: string, lines: string): Promise<Outcome> => {
  const library = join(repository, 'dist/src/index.js');
  return outcomeOf(start(cwd, ['--input-type=module', '-e', lines.replaceAll('LIBRARY', JSON.stringify(library))]));
};

const start = (cwd: string, args: readonly string[]) =>
  spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS, killSignal: 'SIGKILL' });

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout!), text(child.stderr!)]);
  return { code, stdout, stderr };
}

/** All files below a folder, in order. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

/** What a wrong call must leave: an exit code, one sentence on stderr that says what was wrong, and nothing else. */
export function expectRefusal(outcome: Outcome, code: 1 | 2, sentence: RegExp): void {
  const { stdout, stderr } = outcome;
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split('\n'), 'one line').toHaveLength(1);
  expect(stderr, 'no stack trace').not.toMatch(/\n\s+at |node:internal|unexpected:/);
  expect(outcome.code).toBe(code);
  expect(stdout).toBe('');
}
