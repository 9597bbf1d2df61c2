import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Writes a file whole or not at all: beside its place first, in a folder that is made if need be. Rejects with the system's reason. */
export async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${process.pid}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, data);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw cause;
  }
}
