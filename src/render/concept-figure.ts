/** Concepts over the photo, each in a colour of its own, with a legend of what the classifier takes each for. */
import sharp from 'sharp';
import type { Photo } from '../core/predictor.ts';
import type { Size } from '../image/preprocess.ts';
import { projectMap } from '../image/project.ts';
import { resizePart } from '../image/resize-part.ts';
import type { Concept, Factorization } from '../inside/factorize.ts';
import { formatProbability } from './format-number.ts';
import { checkPhoto } from './shown-part.ts';
import { fitText, type TextStyle, textPath, textWidth } from './text.ts';
import { lay } from './tile-figure.ts';

const MARGIN = 24;
const GAP = 14;
const HEADER = 34;
const LONGEST_SIDE = 360;
const LEGEND = 280;
const LINE = 22;
const SWATCH = 14;
const TITLE: TextStyle = { size: 15, weight: 'semibold' };
const BODY: TextStyle = { size: 13 };
const NOTE: TextStyle = { size: 12, fill: '#5f6368' };
const COLOURS = [
  ...['#e0452b', '#2f7ed8', '#2ca05a', '#f2b134', '#8e5bc5'],
  ...['#17b3c4', '#d94f9c', '#8a8f2e', '#a4643a', '#5c6b80'],
];

/**
 * Draws a factorisation: what the model saw, the same with each pixel in the colour of its strongest concept, and a legend with the
 * classes and probabilities of each concept. With more than ten concepts colours come again.
 *
 * @param factorization of a picture
 * @param photo the one that it was made of
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where the photo is another one
 * @example
 * ```ts
 * const factorization = await factorize(model, photo, { concepts: 4 });
 * await writeFile('concepts.png', await conceptFigure(factorization, photo));
 * ```
 */
export async function conceptFigure(factorization: Factorization, photo: Photo): Promise<Buffer> {
  const { layer, concepts, view, residual } = factorization;
  checkPhoto(photo, view);
  const size = sizeOnFigure({ width: view.crop[2], height: view.crop[3] });
  const seen = resizePart(photo, view.crop, size.width, size.height, 'bicubic');
  const legendLeft = MARGIN + 2 * (size.width + GAP) + GAP;
  const lines = concepts.map(({ classes }) => classes.length + 0.6);
  const legendHeight = LINE * lines.reduce((sum, count) => sum + count, 0);
  const width = legendLeft + LEGEND + MARGIN;
  const height = Math.ceil(2 * MARGIN + HEADER + Math.max(size.height, legendHeight));
  const canvas = { data: new Uint8Array(width * height * 3).fill(255), width, height };
  lay(canvas, seen, MARGIN, MARGIN + HEADER);
  lay(canvas, coloured(factorization, seen), MARGIN + size.width + GAP, MARGIN + HEADER);
  const share = `${Math.round(100 * residual)} % unexplained`;
  const title = fitText(layer, width - 2 * MARGIN - textWidth(share, NOTE) - 12, TITLE);
  const writing = [
    textPath(title, MARGIN, MARGIN + 16, TITLE),
    textPath(share, MARGIN + textWidth(title, TITLE) + 12, MARGIN + 16, NOTE),
    ...concepts.map((concept, at) => {
      const before = lines.slice(0, at).reduce((sum, count) => sum + count, 0);
      return legendEntry(concept, at, legendLeft, MARGIN + HEADER + before * LINE);
    }),
  ];
  const letters = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${writing.join('')}</svg>`;
  return sharp(canvas.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(letters), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

function sizeOnFigure({ width, height }: Size): Size {
  const scale = LONGEST_SIDE / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Over the grey photo, the colour of the strongest concept, the more opaque the stronger it is. */
function coloured({ concepts, height, width, lattice, inputSize }: Factorization, seen: Photo): Photo {
  const view = { width: seen.width, height: seen.height, crop: [0, 0, seen.width, seen.height] } as const;
  const maps = concepts.map(({ map }) => projectMap({ data: map, height, width, lattice }, inputSize, view));
  const data = new Uint8Array(seen.data.length);
  for (let pixel = 0, at = 0; at < data.length; pixel++) {
    let strongest = 0;
    for (let other = 1; other < maps.length; other++) {
      if (maps[other]![pixel]! > maps[strongest]![pixel]!) strongest = other;
    }
    const opacity = MOST_OPAQUE * maps[strongest]![pixel]!;
    const [red, green, blue] = seen.data.subarray(at, at + 3);
    const luma = 0.299 * red! + 0.587 * green! + 0.114 * blue!;
    for (const value of rgbOf(strongest)) data[at++] = Math.round(opacity * value + (1 - opacity) * luma);
  }
  return { ...seen, data };
}

const MOST_OPAQUE = 0.75;
const colourOf = (concept: number): string => COLOURS[concept % COLOURS.length]!;
const rgbOf = (concept: number): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colourOf(concept).slice(at, at + 2), 16));

function legendEntry({ classes }: Concept, concept: number, x: number, y: number): string {
  const swatch = `<rect x="${x}" y="${y + 3}" width="${SWATCH}" height="${SWATCH}" fill="${colourOf(concept)}"/>`;
  const lines = classes.map(({ label, probability }, at) => {
    const value = formatProbability(probability);
    const baseline = y + 15 + at * LINE;
    const room = LEGEND - SWATCH - 10 - textWidth(value, BODY) - 10;
    return (
      textPath(fitText(label, room, BODY), x + SWATCH + 10, baseline, BODY) +
      textPath(value, x + LEGEND, baseline, { ...BODY, anchor: 'end' })
    );
  });
  return swatch + lines.join('');
}
