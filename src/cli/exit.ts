/** How the process ends: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
import { CommanderError } from 'commander';
import { type ErrorCode, ExplainError } from '../core/errors.ts';

const WRONG_USAGE: ReadonlySet<ErrorCode> = new Set(['ERR_OPTION', 'ERR_TARGET', 'ERR_LAYER']);

/** Ctrl-C was pressed: the work under way has been drained and nothing half-written is left. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** A reader of stdout or stderr that has left, such as `head`, is no failure. */
export function onWriteError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') process.exitCode = report(error);
}

/** Says what went wrong in one sentence on stderr and returns the exit code. */
export function report(error: unknown): number {
  if (error instanceof Interrupted) {
    process.stderr.write('Interrupted.\n');
    return 130;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ExplainError) {
    process.stderr.write(`onnx-explain: ${error.message}\n`);
    return WRONG_USAGE.has(error.code) ? 2 : 1;
  }
  const details = process.env.ONNX_EXPLAIN_DEBUG && error instanceof Error ? error.stack : String(error);
  process.stderr.write(`onnx-explain: unexpected: ${details}\n`);
  return 1;
}
