import { readFile, stat } from 'node:fs/promises';
import { expected } from '../core/errors.ts';

/** Protocol Buffers, and Node.js's readFile, end here. */
const LARGEST = 2 ** 31 - 1;

/**
 * The bytes of a model file.
 * @throws `ERR_MODEL` for a file that is missing, empty, unreadable or above 2 GiB, and for a folder.
 */
export async function readModelFile(path: string): Promise<Uint8Array> {
  const refuse = (received: string, action = '') => expected('ERR_MODEL', path, 'an ONNX file', received, action);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(error.code === 'ENOENT' ? 'a path where nothing is' : `an error from the system (${error.code})`);
  });
  if (found.isDirectory()) throw refuse('a folder');
  if (!found.isFile()) throw refuse('something that is no file');
  if (found.size === 0) throw refuse('an empty file');
  if (found.size > LARGEST) {
    const size = (found.size / 2 ** 30).toFixed(1);
    throw refuse(`a file of ${size} GiB, above the 2 GiB that the format allows`, 'Save its weights as external data.');
  }
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`an error from the system (${error.code})`);
  });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
