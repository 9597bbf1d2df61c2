/** How a model's output becomes class scores. Logits and probabilities are both in reach, whichever the model gives. */

/** What is explained: the number before the last activation, or the probability after it. */
export type ScoreKind = 'logit' | 'probability';

/** Which activation turns logits into probabilities: over all classes, or for each class by itself. */
export type Activation = 'softmax' | 'sigmoid';

/** Logits of one picture to probabilities. */
export function probabilities(logits: ArrayLike<number>, activation: Activation): Float64Array {
  const values = Float64Array.from(logits);
  if (activation === 'sigmoid') return values.map((logit) => 1 / (1 + Math.exp(-logit)));
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = values.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
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
