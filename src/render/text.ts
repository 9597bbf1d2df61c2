/**
 * Text as outlines in SVG, so that it looks the same on every machine, with no fonts installed. The font is IBM Plex Sans
 * (SIL Open Font License), which comes as an npm package.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype from 'opentype.js';

export type Weight = 'regular' | 'semibold';

export interface TextStyle {
  /** In pixels. */
  readonly size: number;
  /** Default: `regular`. */
  readonly weight?: Weight;
  /** Default: `#1a1a1a`. */
  readonly fill?: string;
  /** Which part of the text stands at x. Default: `start`. */
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** One line of text as an SVG path; y is its baseline. */
export function textPath(text: string, x: number, y: number, style: TextStyle): string {
  const { size, weight = 'regular', fill = '#1a1a1a', anchor = 'start' } = style;
  const before = anchor === 'start' ? 0 : textWidth(text, style) / (anchor === 'middle' ? 2 : 1);
  const outline = font(weight)
    .getPath(text, x - before, y, size)
    .commands.map(drawn);
  return `<path fill="${fill}" d="${outline.join('')}"/>`;
}

/** One command of an outline. (opentype.js' own `toPathData` rounds numbers close to whole ones to NaN.) */
function drawn(command: opentype.PathCommand): string {
  if (command.type === 'Z') return 'Z';
  const { type, x, y } = command;
  const first = type === 'C' || type === 'Q' ? [command.x1, command.y1] : [];
  const second = type === 'C' ? [command.x2, command.y2] : [];
  return type + [...first, ...second, x, y].map((number) => number.toFixed(2)).join(' ');
}

/** Whether the font has all letters of a text: Latin, Greek and Cyrillic ones. */
export const isWritable = (text: string): boolean => [...text].every((letter) => font('regular').hasChar(letter));

/** How wide a line of text is, in pixels. */
export function textWidth(text: string, { size, weight = 'regular' }: TextStyle): number {
  return font(weight).getAdvanceWidth(text, size);
}

/** The text, cut with an ellipsis where it is wider than `width` pixels. */
export function fitText(text: string, width: number, style: TextStyle): string {
  if (textWidth(text, style) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('').trimEnd()}…`, style) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

const FILES: { readonly [weight in Weight]: string } = {
  regular: '400Regular/IBMPlexSans_400Regular.ttf',
  semibold: '600SemiBold/IBMPlexSans_600SemiBold.ttf',
};

const loaded = new Map<Weight, opentype.Font>();

function font(weight: Weight): opentype.Font {
  const known = loaded.get(weight);
  if (known) return known;
  const file = createRequire(import.meta.url).resolve(`@expo-google-fonts/ibm-plex-sans/${FILES[weight]}`);
  const read = opentype.parse(new Uint8Array(readFileSync(file)).buffer);
  loaded.set(weight, read);
  return read;
}
