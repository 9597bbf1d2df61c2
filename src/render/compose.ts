/** One PNG from lines and letters as SVG and from pictures laid on them. */
import sharp, { type OverlayOptions } from 'sharp';
import type { Photo } from '../core/predictor.ts';
import type { Size } from '../image/preprocess.ts';
import type { Painting } from './paint.ts';

export interface Placed {
  readonly picture: Photo | Painting;
  readonly x: number;
  readonly y: number;
}

/** `writing` on white, then the pictures, then what is drawn over them. */
export function compose(size: Size, writing: string, pictures: readonly Placed[], over = ''): Promise<Buffer> {
  return sharp(svg(size, writing))
    .composite([...pictures.map(laid), { input: svg(size, over), left: 0, top: 0 }])
    .flatten({ background: '#ffffff' })
    .png()
    .toBuffer();
}

function laid({ picture: { data, width, height }, x, y }: Placed): OverlayOptions {
  const channels = data.length === width * height * 4 ? 4 : 3;
  return {
    input: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    raw: { width, height, channels },
    left: x,
    top: y,
  };
}

const svg = ({ width, height }: Size, content: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
