/** What not to trust on this picture, and by which number. */
import type { Attribution } from '../../core/attribution.ts';
import type { Agreement } from '../agreement.ts';
import { columnNames } from '../column-names.ts';
import { isClearlyBetter } from './beats-random.ts';
import { enumeration, figure, two } from './words.ts';

/** Doubts as a sentence; none, no sentence. */
export function distrust(attributions: readonly Attribution[], agreed: Agreement): string[] {
  const names = columnNames(attributions).map((name, at) => `${name} of ${attributions[at]!.target.label}`);
  const doubts = [
    ...attributions.flatMap((attribution, at) => [
      ...poorFit(attribution, names[at]!),
      ...incomplete(attribution, names[at]!),
      ...noBetterThanRandom(attribution, names[at]!),
      ...independent(attribution, names[at]!),
      ...constant(attribution, names[at]!),
    ]),
    ...sameForBoth(attributions, agreed),
  ];
  return doubts.length > 0 ? [`Do not trust too much: ${doubts.join('; ')}.`] : [];
}

/** Below it LIME's weighted linear model tells less than half of what the scores do. */
const LEAST_R2 = 0.5;

function poorFit(attribution: Attribution, name: string): string[] {
  const { r2 } = attribution as { readonly r2?: number };
  if (r2 === undefined || r2 >= LEAST_R2) return [];
  return [`${name}, whose linear model tells ${figure(100 * r2)} % of how the score varies (R² ${two(r2)})`];
}

/** The share of the score's difference that values which should add up to it may miss. */
const MOST_MISSED = 0.05;

function incomplete(attribution: Attribution, name: string): string[] {
  const { convergenceDelta: delta } = attribution as { readonly convergenceDelta?: number };
  if (delta === undefined) return [];
  const difference = attribution.data.reduce((sum, value) => sum + value, 0) - delta;
  const missed = Math.abs(delta / difference);
  if (!(missed > MOST_MISSED)) return [];
  return [
    `${name}, whose values miss the score by ${figure(100 * missed)} % (convergence delta ${figure(delta)}): take more steps`,
  ];
}

function noBetterThanRandom({ metrics = {} }: Attribution, name: string): string[] {
  const compared = Object.entries(metrics).filter(
    ([metric, { value, random }]) => metric !== 'randomization' && value !== null && random !== null,
  );
  const beaten = compared.filter(([, measured]) => isClearlyBetter(measured));
  if (compared.length === 0 || beaten.length > 0) return [];
  const figures = compared.map(
    ([metric, { value, random }]) => `${metric} ${figure(value!)} against ${figure(random!)}`,
  );
  return [`${name}, not clearly better than random maps (${enumeration(figures)})`];
}

function independent({ metrics = {} }: Attribution, name: string): string[] {
  const found = metrics.randomization;
  if (found?.warning === undefined) return [];
  return [`${name}, which stays alike with the weights drawn anew (mean rank correlation ${two(found.value!)})`];
}

const constant = ({ data }: Attribution, name: string): string[] =>
  data.every((value) => value === data[0]) ? [`${name}, which is ${figure(data[0]!)} everywhere`] : [];

/** From this rank correlation on, two maps show the same. */
const SAME = 0.9;

function sameForBoth(attributions: readonly Attribution[], { classes }: Agreement): string[] {
  const label = (index: number) => attributions.find(({ target }) => target.index === index)!.target.label;
  return classes
    .filter(({ spearman }) => spearman !== null && spearman >= SAME)
    .map(({ method, targets: [a, b], spearman }) => {
      return `${method}, whose maps for ${label(a)} and ${label(b)} are the same (rank correlation ${two(spearman!)}) and explain neither`;
    });
}
