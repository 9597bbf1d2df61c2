/** Weights are read from their files again whenever a session is made: those must still be the files that were loaded. */
import { stat } from 'node:fs/promises';
import { expected } from '../core/errors.ts';

export interface FileState {
  readonly path: string;
  readonly size: number;
  /** When it was last written to, in milliseconds. */
  readonly written: number;
}

export async function fileState(path: string): Promise<FileState> {
  const { size, mtimeMs } = await stat(path);
  return { path, size, written: mtimeMs };
}

/** @throws `ERR_MODEL` for a file that is not there any more, or was written to since. */
export async function checkUnchanged({ path, size, written }: FileState): Promise<void> {
  const now = await fileState(path).catch(() => undefined);
  if (now?.size === size && now.written === written) return;
  const received = now ? 'one that was written to since' : 'nothing';
  throw expected('ERR_MODEL', path, 'the file that was loaded', received, 'Load the model again.');
}
