/** How a model's output becomes class scores. Logits and probabilities are both in reach, whichever the model gives. */

/** What is explained: the number before the last activation, or the probability after it. */
export type ScoreKind = 'logit' | 'probability';

/** Which activation turns logits into probabilities: over all classes, or for each class by itself. */
export type Activation = 'softmax' | 'sigmoid';

/** Logits of one picture to probabilities. */
export function probabilities(logits: ArrayLike<number>, activation: Activation): Float64Array {
  const values = new Float64Array(logits);
  if (activation === 'sigmoid') return values.map((logit) => 1 / (1 + Math.exp(-logit)));
  const { length } = values;
  let largest = -Infinity;
  for (let at = 0; at < length; at++) largest = Math.max(largest, values[at]!);
  let total = 0;
  for (let at = 0; at < length; at++) total += values[at] = Math.exp(values[at]! - largest);
  for (let at = 0; at < length; at++) values[at]! /= total;
  return values;
}

/** The scores of `targets` from one picture's logits. */
export function scoresOf(
  logits: ArrayLike<number>,
  targets: readonly number[],
  kind: ScoreKind,
  activation: Activation,
): number[] {
  const values = kind === 'logit' ? logits : probabilities(logits, activation);
  return targets.map((target) => values[target] ?? Number.NaN);
}
