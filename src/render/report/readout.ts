/** What the page says of the place under the pointer. */
import { formatNumber } from '../format-number.ts';

/** The value of one heatmap at a place. */
export interface Reading {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In lengths of its colour scale; beyond ±1 it is cut off there. */
  readonly share: number;
}

export interface ReadPlace {
  /** In pixels of the photo, from its top left. */
  readonly x: number;
  readonly y: number;
  /** Whether the model's crop saw it. */
  readonly isSeen: boolean;
}

/** `x 120, y 88: 0.0312 logit drop, 45 % of the scale`; of two maps both, and by how much the first is stronger where that is asked for. */
export function readout({ x, y, isSeen }: ReadPlace, readings: readonly Reading[], isDifference = false): string {
  const place = `x ${Math.floor(x)}, y ${Math.floor(y)}`;
  if (!isSeen) return `${place}: the model did not see this part of the photo`;
  const texts = readings.map(({ name, value, unit, share }) => {
    const text = `${formatNumber(value)} ${unit}, ${formatPercent(share)} of the scale`;
    return readings.length > 1 ? `${name} ${text}` : text;
  });
  const [first, second] = readings;
  if (isDifference && first && second) texts.push(`difference ${formatSigned(first.share - second.share)}`);
  return `${place}: ${texts.join(' · ')}`;
}

const formatPercent = (share: number): string => `${formatNumber(Math.round(100 * share))} %`;

const formatSigned = (value: number): string => {
  const rounded = Number(value.toFixed(2));
  return rounded > 0 ? `+${formatNumber(rounded)}` : formatNumber(rounded);
};

/** Where a map is strongest, for those who do not see it. */
export function strongestPlace(values: Float32Array, width: number, height: number): { x: number; y: number } {
  const at = values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
  return { x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
}
