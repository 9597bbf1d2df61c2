import { expected } from './errors.ts';

/** An amount of memory: in MiB, or a text with its unit, such as `2GiB`, `512 MB` or `1.5g`. */
export type ByteSize = number | string;

const POWERS = { k: 1, m: 2, g: 3, t: 4 } as const;

/**
 * In bytes. KiB, MiB, GiB, TiB, or the letter alone, are powers of 1024; kB, MB, GB, TB are powers of 1000.
 * @throws `ERR_OPTION` where it is no such amount, or less than 1 MiB
 */
export function bytesOf(size: ByteSize, name: string): number {
  const [, amount, letter = 'm', rest] = /^([\d.]+)\s*(?:([kmgt])(i?b)?)?$/i.exec(String(size).trim()) ?? [];
  const base = rest?.toLowerCase() === 'b' ? 1000 : 1024;
  const bytes = Math.floor(Number(amount) * base ** POWERS[letter.toLowerCase() as keyof typeof POWERS]);
  if (bytes >= 2 ** 20) return bytes;
  throw expected('ERR_OPTION', name, 'at least 1 MiB, as a number of MiB or with a unit as in 2GiB', `'${size}'`);
}
