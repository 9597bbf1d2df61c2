/** What a column of attributions, those by one method, is called and what it cost. */
import { METHODS } from '../compare/methods.ts';
import type { Attribution, Json } from '../core/attribution.ts';
import { formatCount, formatSeconds } from './format-number.ts';

/** As people write it; a map made elsewhere has its own name. */
export const titleOf = (method: string): string => METHODS.find(({ name }) => name === method)?.title ?? method;

/** The methods' names; where one has several columns, with the options in which these differ. */
export function columnTitles(columns: readonly (readonly Attribution[])[]): string[] {
  const firsts = columns.map(([first]) => first!);
  return firsts.map(({ method, options }) => {
    const alike = firsts.filter((other) => other.method === method);
    const differing = Object.entries(options).filter(([name, value]) =>
      alike.some((other) => JSON.stringify(other.options[name]) !== JSON.stringify(value)),
    );
    const settings = differing.map(([name, value]) =>
      typeof value === 'string' ? value : `${name} ${formatOption(value)}`,
    );
    return [titleOf(method), ...settings].join(' · ');
  });
}

/** `{ height: 24, width: 12 }` as `24 × 12`, a square as its side, anything else as it is written. */
export function formatOption(value: Json): string {
  if (value === null || typeof value !== 'object') return String(value);
  const sides = Object.values(value);
  return (new Set(sides).size === 1 ? sides.slice(0, 1) : sides).join(' × ');
}

/** The time of all classes and the passes of each: `1.9 s · 170 passes`. */
export function columnCost(column: readonly Attribution[]): string {
  const most = (count: (attribution: Attribution) => number) => Math.max(...column.map(count));
  const forward = most((attribution) => attribution.forwardPasses);
  const backward = most((attribution) => attribution.backwardPasses);
  const passes =
    backward > 0
      ? `${formatCount(forward)} forward, ${formatCount(backward)} backward each`
      : `${formatCount(forward)} passes`;
  return forward > 0 ? `${formatSeconds(most(({ seconds }) => seconds))} · ${passes}` : 'made elsewhere';
}
