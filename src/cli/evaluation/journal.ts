/**
 * A file of JSON lines that grows by whole lines: the first one says with what settings the others were made. Each line is
 * on the disk before the next one is begun, and one that a crash has torn is dropped when the file is opened again.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ExplainError, expected } from '../../core/errors.ts';

export interface Journal {
  /** The lines after the first one that the file had when it was opened. */
  readonly rows: readonly unknown[];
  append(row: object): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal, or begins one.
 * @param head the first line; a file that begins with another one is refused
 * @param differs in words, how the head of the file differs from this one
 * @throws `ERR_OPTION` for a file of something else or with another head, `ERR_OUTPUT` where it cannot be written
 */
export async function openJournal(path: string, head: object, differs: (found: unknown) => string): Promise<Journal> {
  const unwritable = (cause: Error): never => {
    throw new ExplainError('ERR_OUTPUT', `${path} cannot be written: ${cause.message}.`, { cause });
  };
  const file = await mkdir(dirname(path), { recursive: true })
    .then(() => open(path, 'a+'))
    .catch(unwritable);
  const add = (line: object) => append(file, line).catch(unwritable);
  try {
    const first = textOf(head);
    const bytes = await file.readFile();
    const end = bytes.lastIndexOf('\n') + 1;
    const isTornHead = Buffer.from(first).subarray(0, bytes.length).equals(bytes);
    if (end === 0 && !isTornHead) throw noJournal(path);
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    const [found, ...rows] = lines.map((line) => parsed(line, path));
    if (lines.length > 0 && `${lines[0]}\n` !== first) throw another(path, differs(found));
    await file.truncate(end);
    if (lines.length === 0) await add(head);
    return { rows, append: add, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const textOf = (line: object): string => `${JSON.stringify(line)}\n`;

async function append(file: FileHandle, line: object): Promise<void> {
  await file.appendFile(textOf(line));
  await file.sync();
}

function parsed(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw noJournal(path);
  }
}

const noJournal = (path: string) =>
  expected('ERR_OPTION', `--out ${path}`, 'a new file or one that evaluate began', 'a file of something else');

const another = (path: string, difference: string) =>
  expected('ERR_OPTION', `--out ${path}`, 'the settings that it was begun with', difference, 'Give another file.');
