import { readFile } from 'node:fs/promises';
import { type ErrorCode, expected } from './errors.ts';
import { fileError } from './file-error.ts';

/** The bytes of a file that the caller named. `what` and `wanted` are those of the sentence that is thrown where it cannot be read. */
export async function givenFile(
  path: string,
  code: ErrorCode,
  what: string,
  wanted: string,
  action = '',
): Promise<Buffer> {
  return readFile(path).catch((cause) => {
    throw expected(code, what, wanted, fileError(cause), action, { cause });
  });
}
