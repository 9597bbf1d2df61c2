/** How many rows of a gradient fit into memory, by arithmetic on its graph. */
import { expected } from '../core/errors.ts';
import type { GraphSource } from './task.ts';

/** Rows that are summed together. Fixed, as floating-point sums depend on how they are grouped. */
export const SUM_CHUNK = 4;

/** Rows of sums that fit into some memory: a number by which chunks can be divided, and not one alone. */
export const sumRowsWithin = (bytes: number, rowBytes = 0): number =>
  SUM_CHUNK * rowBytes <= bytes ? SUM_CHUNK : SUM_CHUNK / 2;

/** @throws `ERR_OPTION` where so many workers, each with so many rows, would take more than there may be */
export function checkFits(memory: number, workers: number, rows: number, { rowBytes = 0 }: GraphSource): void {
  const wanted = workers * rows * rowBytes;
  if (wanted <= memory) return;
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)}MiB`;
  const what = `about ${mebibytes(wanted)}, as ${rows} gradients at a time on ${workers === 1 ? '1 worker' : `each of ${workers} workers`} take`;
  const advice =
    workers > 1 ? `One worker takes ${mebibytes(wanted / workers)}: set workers.` : 'Allow more, or leave it out.';
  throw expected('ERR_OPTION', 'memory', what, mebibytes(memory), advice);
}
