/** The written parts of a figure, as SVG. */
import { METHODS } from '../compare/methods.ts';
import type { Attribution, Json } from '../core/attribution.ts';
import { labelOf, type Target } from '../core/target.ts';
import type { View } from '../core/view.ts';
import type { Appearance } from './appearance.ts';
import { barColours } from './bar-colours.ts';
import { PREDICTION, type Rectangle } from './figure-layout.ts';
import { formatCount, formatNumber, formatProbability, formatSeconds } from './format-number.ts';
import { fitText, isWritable, type TextStyle, textPath, textWidth } from './text.ts';

const TITLE: TextStyle = { size: 15, weight: 'semibold' };
const BODY: TextStyle = { size: 13 };
const SMALL: TextStyle = { size: 12, fill: '#5f6368' };

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
    const settings = differing.map(([name, value]) => `${name} ${formatOption(value)}`);
    return [titleOf(method), ...settings].join(' · ');
  });
}

/** `{ height: 24, width: 12 }` as `24 × 12`, a square as its side, anything else as it is written. */
function formatOption(value: Json): string {
  if (value === null || typeof value !== 'object') return String(value);
  const sides = Object.values(value);
  return (new Set(sides).size === 1 ? sides.slice(0, 1) : sides).join(' × ');
}

/** A title alone. */
export const titleLine = (title: string, { x, y, width }: Rectangle): string => line(title, x, y + 16, width, TITLE);

/** The title, the time of all classes and the passes of each. */
export function columnHeader(title: string, column: readonly Attribution[], place: Rectangle): string {
  const most = (count: (attribution: Attribution) => number) => Math.max(...column.map(count));
  const forward = most((attribution) => attribution.forwardPasses);
  const backward = most((attribution) => attribution.backwardPasses);
  const passes =
    backward > 0
      ? `${formatCount(forward)} forward, ${formatCount(backward)} backward each`
      : `${formatCount(forward)} passes`;
  const cost = forward > 0 ? `${formatSeconds(most(({ seconds }) => seconds))} · ${passes}` : 'made elsewhere';
  return titleLine(title, place) + line(cost, place.x, place.y + 36, place.width, SMALL);
}

/** A class's label, or its number where the font lacks letters of it. */
const labelText = ({ label, index }: Target): string => (isWritable(label) ? label : labelOf([], index));

/** The class and its probability. */
export function rowHeader(target: Target, { x, y, width }: Rectangle): string {
  const title = fitText(labelText(target), width - 120, TITLE);
  return (
    textPath(title, x, y + 20, TITLE) +
    textPath(formatProbability(target.probability), x + textWidth(title, TITLE) + 10, y + 20, BODY)
  );
}

/** What the model predicts, each class with a bar as long as its probability. */
export function predictionList(predictions: readonly Target[], { x, y, width }: Rectangle): string {
  const heading = textPath('The model predicts', x, y + 14, SMALL);
  const lines = predictions.map((target, at) => {
    const { probability } = target;
    const baseline = y + (at + 1) * PREDICTION + 10;
    const value = formatProbability(probability);
    const room = width - textWidth(value, BODY) - 12;
    return [
      line(labelText(target), x, baseline, room, BODY),
      textPath(value, x + width, baseline, { ...BODY, anchor: 'end' }),
      box({ x, y: baseline + 6, width, height: 4 }, '#eceef0'),
      box({ x, y: baseline + 6, width: width * probability, height: 4 }, '#3f74c8'),
    ].join('');
  });
  return heading + lines.join('');
}

/** What the model saw of the photo; nothing where that is all of it. */
export function cropOutline({ crop, width, height }: View, photo: Rectangle): string {
  const [left, top, cropWidth, cropHeight] = crop;
  if (cropWidth >= width - 1 && cropHeight >= height - 1) return '';
  const place = `x="${photo.x + left}" y="${photo.y + top}" width="${cropWidth}" height="${cropHeight}" fill="none"`;
  return `<rect ${place} stroke="#fff" stroke-width="2"/><rect ${place} stroke="#1a1a1a" stroke-dasharray="4 4"/>`;
}

/** A bar of colours with the values at their ends, and the unit; nothing in a style that shows no values. */
export function colourBar(look: Appearance, unit: string, { x, y, width }: Rectangle): string {
  const { scale } = look;
  const colours = barColours(look);
  if (!colours) return '';
  const id = `bar-${x}-${y}`;
  const stops = Array.from({ length: 33 }, (_, at) => {
    const from = Math.round((at * 255) / 32) * 3;
    return `<stop offset="${at / 32}" stop-color="rgb(${colours.subarray(from, from + 3).join(',')})"/>`;
  });
  const gradient = `<linearGradient id="${id}">${stops.join('')}</linearGradient>`;
  const ends =
    scale.low === scale.high ? [] : scale.sign === 'all' ? [scale.low, 0, scale.high] : [scale.low, scale.high];
  const anchors = ends.length === 3 ? (['start', 'middle', 'end'] as const) : (['start', 'end'] as const);
  const ticks = ends.map((value, at) => {
    return textPath(formatNumber(value), x + (width * at) / (ends.length - 1), y + 26, {
      size: 12,
      anchor: anchors[at]!,
    });
  });
  const caption = ends.length > 0 ? unit : `${unit}: 0 everywhere`;
  return (
    gradient + box({ x, y, width, height: 10 }, `url(#${id})`) + ticks.join('') + line(caption, x, y + 43, width, SMALL)
  );
}

const line = (text: string, x: number, y: number, width: number, style: TextStyle) =>
  textPath(fitText(text, width, style), x, y, style);

const box = ({ x, y, width, height }: Rectangle, fill: string) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
