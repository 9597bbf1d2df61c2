import type { Measured } from '../../core/measured.ts';

/** So many standard deviations of random maps' values away from their mean a value is clearly no chance. */
const CLEAR = 2;

/** Whether the value is better than that of random maps by more than chance. */
export function isClearlyBetter({ value, random, spread = 0, better }: Measured): boolean {
  if (value === null || random === null) return false;
  const lead = better === 'higher' ? value - random : random - value;
  return lead > CLEAR * spread;
}
