/** Which files belong to a model: the ONNX file, and what lies beside it as Hugging Face lays it out. */
import { createHash, subtle } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expected } from './core/errors.ts';
import { packageFile } from './core/package-file.ts';
import { labels } from './image/labels.ts';
import { type PreprocessorConfig, preprocessorConfig } from './image/preprocessor-config.ts';

/** The model that comes with the package: it tells cats from dogs. */
export const DEFAULT_MODEL: string = packageFile('models/cat-dog/');

const CANDIDATES = ['model.onnx', join('onnx', 'model.onnx')];

/**
 * The ONNX file meant by a path: the file itself, or a folder's `model.onnx` or `onnx/model.onnx`.
 * @throws `ERR_MODEL` where there is none
 */
export function modelFile(source: string): string {
  if (!existsSync(source))
    throw expected('ERR_MODEL', 'model', 'an .onnx file or a folder with one', `'${source}', which does not exist`);
  if (!statSync(source).isDirectory()) return source;
  const found = CANDIDATES.map((name) => join(source, name)).find((path) => existsSync(path));
  if (found) return found;
  throw expected(
    'ERR_MODEL',
    `model folder '${source}'`,
    CANDIDATES.join(' or '),
    'neither',
    'Give the .onnx file itself.',
  );
}

/** What the JSON files beside a model say; each is optional. */
export interface Companions {
  readonly config?: PreprocessorConfig;
  readonly labels?: readonly string[];
}

/** Reads `preprocessor_config.json` and `config.json` beside the file, or one level up from a folder called `onnx`. */
export async function companions(file: string): Promise<Companions> {
  const beside = dirname(file);
  const folders = basename(beside) === 'onnx' ? [beside, dirname(beside)] : [beside];
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const configFile = find('preprocessor_config.json');
  const labelFile = find('config.json');
  const config = configFile && preprocessorConfig(await readFile(configFile, 'utf8'), configFile);
  const text = labelFile && (await readFile(labelFile, 'utf8'));
  return {
    ...(config ? { config } : {}),
    ...(labelFile && text?.includes('"id2label"') ? { labels: labels(text, labelFile) } : {}),
  };
}

/** In bytes. Files up to this size are hashed as a whole, which leaves this thread to others. */
const AT_ONCE = 2 ** 26;

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= AT_ONCE) return Buffer.from(await subtle.digest('SHA-256', await readFile(path))).toString('hex');
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
