/** From command to file: `explain` on the default model, beside a script that only loads, opens a session and runs as many passes. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_MODEL, modelFile } from '../src/model-files.ts';

/** In seconds. */
export type Startup = {
  readonly total: number;
  readonly baseline: number;
  readonly ratio: number;
};

const run = promisify(execFile);
const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const [COMMAND, BASELINE] = [file('../src/cli/start.js'), file('./startup-baseline.js')];
const PHOTO = file('../../examples/chelsea.png');

/** One measurement of both, in turn. */
export async function measureStartup(signal: AbortSignal | undefined): Promise<Startup> {
  const folder = await mkdtemp(join(tmpdir(), 'onnx-explain-bench-'));
  const timed = async (...command: string[]) => {
    const begin = performance.now();
    const { stdout } = await run(process.execPath, command, { signal });
    return { stdout, seconds: (performance.now() - begin) / 1000 };
  };
  try {
    const out = join(folder, 'heatmap.png');
    const { stdout, seconds: total } = await timed(COMMAND, 'explain', PHOTO, '--out', out, '--json', '--quiet');
    const [{ forwardPasses, backwardPasses }] = JSON.parse(stdout).attributions;
    const passes = String(forwardPasses + backwardPasses);
    const { seconds: baseline } = await timed(BASELINE, modelFile(DEFAULT_MODEL), passes);
    return { total, baseline, ratio: total / baseline };
  } finally {
    await rm(folder, { recursive: true });
  }
}
