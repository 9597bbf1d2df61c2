import type { Progress, RunOptions } from './predictor.ts';

/** Progress of one part of a call, counted in the whole. */
export const partOf = (
  onProgress: RunOptions['onProgress'],
  before: number,
  total: number,
): ((progress: Progress) => void) | undefined =>
  onProgress && (({ done }) => onProgress({ done: before + done, total }));
