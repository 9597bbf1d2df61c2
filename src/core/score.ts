/** How a model's output becomes class scores. Logits and probabilities are both in reach, whichever the model gives. */

/** What is explained: the number before the last activation, or the probability after it. */
export type ScoreKind = 'logit' | 'probability';

/** Which activation turns logits into probabilities: over all classes, or for each class by itself. */
export type Activation = 'softmax' | 'sigmoid';

/** Logits of one picture to probabilities. */
export const probabilities = (logits: ArrayLike<number>, activation: Activation): Float64Array =>
  Float64Array.from(logits, probability(logits, activation));

/** The probability of a logit among those of one picture. */
function probability(logits: ArrayLike<number>, activation: Activation): (logit: number) => number {
  if (activation === 'sigmoid') return (logit) => 1 / (1 + Math.exp(-logit));
  let largest = -Infinity;
  for (let at = 0; at < logits.length; at++) largest = Math.max(largest, logits[at]!);
  let total = 0;
  for (let at = 0; at < logits.length; at++) total += Math.exp(logits[at]! - largest);
  return (logit) => Math.exp(logit - largest) / total;
}

/** The scores of `targets` from one picture's logits. */
export function scoresOf(
  logits: ArrayLike<number>,
  targets: readonly number[],
  kind: ScoreKind,
  activation: Activation,
): number[] {
  const score = kind === 'logit' ? (logit: number) => logit : probability(logits, activation);
  return targets.map((target) => score(logits[target] ?? Number.NaN));
}
