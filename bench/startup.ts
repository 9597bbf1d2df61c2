/** From command to file: `explain` on the default model, beside a script that only loads, opens a session and runs as many passes. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageFile } from '../src/core/package-file.ts';
import { DEFAULT_MODEL, modelFile } from '../src/model-files.ts';
import { PHOTO } from './works.ts';

/** What the command does, one after the other. */
const PARTS = ['modules', 'model', 'picture', 'passes', 'writing', 'end'] as const;

/** In seconds. */
export type Startup = {
  readonly total: number;
  readonly baseline: number;
  readonly ratio: number;
  readonly parts: { readonly [part in (typeof PARTS)[number]]: number };
};

const run = promisify(execFile);
const COMMAND = packageFile('dist/bundle/onnx-explain.cjs');
const MARKS = packageFile('dist/bench/startup-marks.cjs');
const BASELINE = packageFile('dist/bench/startup-baseline.js');

const PAIRS = 3;

/** The median of some pairs, behind one that does not count: what ran before leaves a machine slow for a while. */
export async function measureStartup(signal: AbortSignal | undefined): Promise<Startup> {
  await onePair(signal);
  const pairs: Startup[] = [];
  for (let pair = 0; pair < PAIRS; pair++) pairs.push(await onePair(signal));
  return medianStartup(pairs);
}

/** Both, in turn. */
async function onePair(signal: AbortSignal | undefined): Promise<Startup> {
  const folder = await mkdtemp(join(tmpdir(), 'onnx-explain-bench-'));
  const timed = async (...command: string[]) => {
    const begin = performance.now();
    const written = await run(process.execPath, command, { signal });
    return { ...written, seconds: (performance.now() - begin) / 1000 };
  };
  try {
    const explain = [COMMAND, 'explain', PHOTO, '--out', join(folder, 'heatmap.png'), '--json', '--quiet'];
    const { stdout, stderr, seconds: total } = await timed('--require', MARKS, ...explain);
    const [{ forwardPasses, backwardPasses }] = JSON.parse(stdout).attributions;
    const passes = String(forwardPasses + backwardPasses);
    const { seconds: baseline } = await timed(BASELINE, modelFile(DEFAULT_MODEL), passes);
    return { total, baseline, ratio: total / baseline, parts: partsOf({ ...JSON.parse(stderr), end: total }) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The one of several measurements whose ratio is in the middle, as a whole: its parts add up. */
export const medianStartup = (measured: readonly Startup[]): Startup =>
  measured.toSorted((one, other) => one.ratio - other.ratio)[Math.floor((measured.length - 1) / 2)]!;

/** @param done when each part was */
function partsOf(done: Startup['parts']): Startup['parts'] {
  const lengths = PARTS.map((part, at) => [part, at === 0 ? done[part] : done[part] - done[PARTS[at - 1]!]]);
  return Object.fromEntries(lengths);
}
