import { expected } from './errors.ts';

/** Returns `value` if it is a finite number in `[least, most]`, else throws `ERR_OPTION`. */
export function checkNumber(value: number, name: string, least = -Infinity, most = Infinity): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw expected('ERR_OPTION', name, `a number${range(least, most)}`, value);
}

/** Returns `value` if it is a whole number in `[least, most]`, else throws `ERR_OPTION`. */
export function checkInteger(value: number, name: string, least = 0, most = Infinity): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw expected('ERR_OPTION', name, `a whole number${range(least, most)}`, value);
}

/** Returns `value` if it is one of `choices`, else throws `ERR_OPTION`. */
export function checkChoice<const T extends string>(value: string, name: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw expected('ERR_OPTION', name, `one of ${choices.join(', ')}`, `'${value}'`);
}

function range(least: number, most: number): string {
  if (least === -Infinity && most === Infinity) return '';
  if (most === Infinity) return ` of at least ${least}`;
  return least === -Infinity ? ` of at most ${most}` : ` from ${least} to ${most}`;
}
