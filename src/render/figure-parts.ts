/** The written parts of a figure, as SVG. */
import type { Attribution } from '../core/attribution.ts';
import { labelOf, type Target } from '../core/target.ts';
import type { View } from '../core/view.ts';
import { barColours } from './bar-colours.ts';
import { columnCost } from './column-words.ts';
import { PREDICTION, type Rectangle } from './figure-layout.ts';
import { formatNumber, formatProbability } from './format-number.ts';
import type { Appearance } from './style.ts';
import { fitText, isWritable, type TextStyle, textPath, textWidth } from './text.ts';

const TITLE: TextStyle = { size: 15, weight: 'semibold' };
const BODY: TextStyle = { size: 13 };
const SMALL: TextStyle = { size: 12, fill: '#5f6368' };

/** A title alone. */
export const titleLine = (title: string, { x, y, width }: Rectangle): string => line(title, x, y + 16, width, TITLE);

/** The title, the time of all classes and the passes of each. */
export function columnHeader(title: string, column: readonly Attribution[], place: Rectangle): string {
  return titleLine(title, place) + line(columnCost(column), place.x, place.y + 36, place.width, SMALL);
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
