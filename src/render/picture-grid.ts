import { checkInteger } from '../core/check.ts';
import type { Photo } from '../core/predictor.ts';
import type { View } from '../core/view.ts';
import { resize } from '../image/resize.ts';
import { type Tile, tileFigure, tileSize } from './tile-figure.ts';

/** A picture that was made for a channel or a class, or brought back from one. */
export interface ChannelPicture {
  readonly layer: string;
  readonly channel: number;
  /** Of a class. */
  readonly label?: string;
  readonly picture: Photo;
  /** Of a picture that belongs to a photo: drawn in the proportions of what the model saw of it. */
  readonly view?: View;
}

export interface PictureGridOptions {
  /** Pictures in a row, 1–64. Default: 8. */
  readonly columns?: number | undefined;
}

/**
 * Draws what `maximize` or `reconstruct` found as a grid, each picture with the number of its channel, or the name of its class.
 *
 * @param pictures one or more, of the same size
 * @returns a PNG file on white
 * @throws `ERR_OPTION` where there is no picture, or the columns are out of range
 * @example
 * ```ts
 * const pictures = await reconstruct(model, photo, { channels: [0, 1, 2, 3] });
 * await writeFile('pictures.png', await pictureGrid(pictures, { columns: 4 }));
 * ```
 */
export async function pictureGrid(
  pictures: readonly ChannelPicture[],
  options: PictureGridOptions = {},
): Promise<Buffer> {
  const columns = checkInteger(options.columns ?? 8, 'columns', 1, 64);
  checkInteger(pictures.length, 'pictures (how many)', 1);
  const layers = [...new Set(pictures.map(({ layer }) => layer))];
  const sections = layers.map((layer) => {
    const own = pictures.filter((picture) => picture.layer === layer);
    return { title: layer, note: '', tiles: own.map((picture) => tile(picture, columns)) };
  });
  return tileFigure(sections, columns);
}

function tile({ channel, label, picture, view }: ChannelPicture, columns: number): Tile {
  const shown = view ? { width: view.crop[2], height: view.crop[3] } : picture;
  const { width, height } = tileSize(shown, columns);
  return { label: label ?? String(channel), picture: resize(picture, width, height, 'bicubic') };
}
