/** The closing paragraph: what the numbers say of this picture, in plain words, each claim with its number. */
import type { Attribution } from '../core/attribution.ts';
import type { Measured } from '../core/measured.ts';
import type { Target } from '../core/target.ts';
import type { Agreement } from './agreement.ts';
import { columnNames } from './column-names.ts';
import { METRICS } from './metrics.ts';
import { isClearlyBetter } from './summary/beats-random.ts';
import { distrust } from './summary/distrust.ts';
import { enumeration, figure, two } from './summary/words.ts';

/** A paragraph on a comparison of one picture. */
export function summary(
  predictions: readonly Target[],
  attributions: readonly Attribution[],
  agreed: Agreement,
): string {
  return [
    ...certainty(predictions),
    ...closeness(attributions, agreed),
    ...faithfulness(attributions),
    ...distrust(attributions, agreed),
    'All of this is about this one picture.',
  ].join(' ');
}

/** Below this probability, or this lead over the next class, the model is called unsure. */
const SURE = 0.5;
const LEAD = 0.1;

function certainty([first, second]: readonly Target[]): string[] {
  if (!first) return [];
  const next = second ? `, then ${second.label} (${figure(second.probability)})` : '';
  const isSure = first.probability >= SURE && first.probability - (second?.probability ?? 0) >= LEAD;
  const said = `The model says ${first.label} (probability ${figure(first.probability)})${next}`;
  return [isSure ? `${said}.` : `${said}: it is unsure, and so is every explanation of it.`];
}

/** For each class how well the maps agree, and which do most and least. */
function closeness(
  attributions: readonly Attribution[],
  { methods, targets, spearman, families }: Agreement,
): string[] {
  const sentences = [...new Set(targets)].flatMap((target) => {
    const own = [...targets.keys()].filter((at) => targets[at] === target);
    const pairs = own.flatMap((a) => own.filter((b) => b > a).map((b) => ({ a, b, value: spearman[a]![b]! })));
    const known = pairs.filter(({ value }) => value !== null).toSorted((one, other) => other.value - one.value);
    if (known.length === 0) return [];
    const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
    const { label } = attributions[own[0]!]!.target;
    const [most, least] = [known[0]!, known.at(-1)!];
    const between = ({ a, b, value }: (typeof known)[number]) => `${methods[a]} and ${methods[b]} (${two(value)})`;
    if (known.length === 1)
      return [`For ${label} ${between(most)} ${agreeing(mean)}, by the rank correlation of their maps.`];
    return [
      `For ${label} the maps ${agreeing(mean)}: their mean rank correlation is ${two(mean)}, most between ${between(most)}, least between ${between(least)}.`,
    ];
  });
  const { between } = families;
  const across =
    between === null ? [] : [`Across the two families, perturbation and gradient, it is ${two(between)} on average.`];
  return sentences.length > 0 ? [...sentences, ...across] : [];
}

const agreeing = (mean: number): string => {
  if (mean >= 0.7) return 'agree well';
  if (mean >= 0.4) return 'agree in part';
  return mean >= 0.1 ? 'agree little' : 'do not agree';
};

/** For each class and metric the best map; randomisation, which tells whether a map can be trusted at all, is apart. */
function faithfulness(attributions: readonly Attribution[]): string[] {
  const names = columnNames(attributions);
  const targets = [...new Set(attributions.map(({ target }) => target.index))];
  return targets.flatMap((index) => {
    const own = attributions.flatMap((attribution, at) =>
      attribution.target.index === index ? [{ name: names[at]!, attribution }] : [],
    );
    const best = METRICS.filter(({ name }) => name !== 'randomization').flatMap(({ name, title }) => {
      const measured = own.flatMap(({ name: method, attribution: { metrics } }) => {
        const found = metrics?.[name];
        return found && found.value !== null ? [{ method, found }] : [];
      });
      return measured.length > 1 ? [`by ${title.toLowerCase()} ${bestOf(measured)}`] : [];
    });
    return best.length > 0 ? [`Best for ${own[0]!.attribution.target.label}: ${best.join('; ')}.`] : [];
  });
}

interface OfMethod {
  readonly method: string;
  readonly found: Measured;
}

/** The best map by a metric; where it does not beat random ones clearly, also the best of those that do. */
function bestOf(measured: readonly OfMethod[]): string {
  const sorted = measured.toSorted((a, b) => order(a.found, b.found));
  const clear = sorted.filter(({ found }) => isClearlyBetter(found));
  if (clear[0] === sorted[0] || sorted[0]!.found.random === null) return first(sorted);
  const others = clear.length > 0 ? `, while ${first(clear)} is` : '';
  return `${first(sorted)}, which is not clearly better than random${others}`;
}

/** The first, and those that equal it. */
function first(sorted: readonly OfMethod[]): string {
  const { value, random } = sorted[0]!.found;
  const equals = sorted.filter(({ found }) => found.value === value).map(({ method }) => method);
  return `${enumeration(equals)} (${figure(value!)}${random === null ? '' : `, random ${figure(random)}`})`;
}

const order = (a: Measured, b: Measured) => (a.better === 'higher' ? b.value! - a.value! : a.value! - b.value!);
