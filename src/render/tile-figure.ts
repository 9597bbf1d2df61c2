/** Many small pictures in rows, in sections with a title each, every picture with a label above it. */
import sharp from 'sharp';
import type { Photo } from '../core/predictor.ts';
import type { Size } from '../image/preprocess.ts';
import type { Painting } from './paint.ts';
import { fitText, type TextStyle, textPath, textWidth } from './text.ts';

export interface Tile {
  readonly label: string;
  /** Of the size that `tileSize` says. */
  readonly picture: Photo | Painting;
}

export interface TileSection {
  readonly title: string;
  /** Stands behind the title. */
  readonly note: string;
  readonly tiles: readonly Tile[];
}

const MARGIN = 24;
const GAP = 6;
const LABEL = 16;
const HEADER = 34;
const SECTION_GAP = 18;
const GRID_WIDTH = 1280;
const LEAST_WIDTH = 420;
const TITLE: TextStyle = { size: 15, weight: 'semibold' };
const NOTE: TextStyle = { size: 12, fill: '#5f6368' };
const NUMBER: TextStyle = { size: 11, fill: '#3c4043' };

/** The size of a picture of these proportions, so many of which stand in a row. */
export function tileSize({ width, height }: Size, columns: number): Size {
  const wide = Math.min(320, Math.max(24, Math.floor(GRID_WIDTH / columns) - GAP));
  return { width: wide, height: Math.max(1, Math.round((wide * height) / width)) };
}

/** A PNG on white. */
export function tileFigure(sections: readonly TileSection[], columns: number): Promise<Buffer> {
  const used = Math.max(...sections.map(({ tiles }) => Math.min(columns, tiles.length)));
  const widest = Math.max(...sections.map(({ tiles }) => tiles[0]!.picture.width));
  const width = 2 * MARGIN + Math.max(LEAST_WIDTH, used * (widest + GAP) - GAP);
  const tops: number[] = [];
  let bottom = MARGIN;
  for (const { tiles } of sections) {
    tops.push(bottom);
    const rows = Math.ceil(tiles.length / columns);
    bottom += HEADER + rows * (LABEL + tiles[0]!.picture.height + GAP) + SECTION_GAP;
  }
  const height = bottom - SECTION_GAP + MARGIN;
  const canvas = { data: new Uint8Array(width * height * 3).fill(255), width, height };
  const writing = sections.flatMap(({ title, note, tiles }, section) => {
    const top = tops[section]!;
    const room = width - 2 * MARGIN;
    const heading = fitText(title, room, TITLE);
    const after = MARGIN + textWidth(heading, TITLE) + 12;
    const labels = tiles.map(({ label, picture }, at) => {
      const x = MARGIN + (at % columns) * (picture.width + GAP);
      const y = top + HEADER + Math.floor(at / columns) * (LABEL + picture.height + GAP);
      lay(canvas, picture, x, y + LABEL);
      return textPath(fitText(label, picture.width, NUMBER), x, y + LABEL - 4, NUMBER);
    });
    const noted = textPath(fitText(note, width - MARGIN - after, NOTE), after, top + 16, NOTE);
    return [textPath(heading, MARGIN, top + 16, TITLE), noted, ...labels];
  });
  const letters = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${writing.join('')}</svg>`;
  return sharp(canvas.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(letters), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

/** Lays a picture on the canvas; what is transparent lets the white through. */
export function lay(canvas: Photo, { data, width, height }: Photo | Painting, left: number, top: number): void {
  const channels = data.length / (width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * channels;
      const to = ((top + y) * canvas.width + left + x) * 3;
      const opacity = channels === 4 ? data[from + 3]! / 255 : 1;
      for (let colour = 0; colour < 3; colour++) {
        canvas.data[to + colour] = Math.round(opacity * data[from + colour]! + (1 - opacity) * 255);
      }
    }
  }
}
