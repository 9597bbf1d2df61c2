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

/** A line each: `x 120, y 88`, `Grad-CAM, cat: 0.0312 logit weight, 45 % of its scale`, and where it is asked for the difference. */
export function readout({ x, y, isSeen }: ReadPlace, readings: readonly Reading[], isDifference = false): string {
  const place = `x ${Math.floor(x)}, y ${Math.floor(y)}`;
  if (!isSeen) return `${place}\nThe model did not see this part of the photo.`;
  const lines = readings.map(
    ({ name, value, unit, share }) => `${name}: ${formatNumber(value)} ${unit}, ${formatPercent(share)} of its scale`,
  );
  const [first, second] = readings;
  if (isDifference && first && second) lines.push(`Difference: ${formatSigned(first.share - second.share)}`);
  return [place, ...lines].join('\n');
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
