const IN_WORDS: { readonly [code: string]: string } = {
  ENOENT: 'a path that does not exist',
  EISDIR: 'a folder',
  ENOTDIR: 'a path through something that is no folder',
  EACCES: 'a file that may not be read',
  ERR_FS_FILE_TOO_LARGE: 'a file of more than 2 GiB',
};

/** In words, why a file could not be read. */
export function fileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return IN_WORDS[code] ?? String(error);
}
