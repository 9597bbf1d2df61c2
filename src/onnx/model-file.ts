import { open, stat } from 'node:fs/promises';
import { expected } from '../core/errors.ts';

/** Protocol Buffers, and Node.js's readFile, end here. */
const LARGEST = 2 ** 31 - 1;

/** In bytes; what one call reads. */
const PIECE = 2 ** 26;

/**
 * The bytes of a model file, in a buffer that can be given back before the garbage collector comes by: `bytes.buffer.resize(0)`.
 * @throws `ERR_MODEL` for a file that is missing, empty, unreadable or above 2 GiB, and for a folder.
 */
export async function readModelFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
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
  return readWhole(path, found.size).catch((error: NodeJS.ErrnoException) => {
    throw refuse(`an error from the system (${error.code})`);
  });
}

async function readWhole(path: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }));
  const file = await open(path);
  try {
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
  return bytes;
}
