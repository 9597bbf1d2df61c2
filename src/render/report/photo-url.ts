import sharp from 'sharp';
import type { Photo } from '../../core/predictor.ts';
import type { Size } from '../../image/preprocess.ts';

const LONGEST_SIDE = 1600;
const QUALITY = 85;

/** The photo as a `data:` URL, with at most 1600 pixels on its longer side. */
export async function photoUrl({ data, width, height }: Photo): Promise<{ readonly url: string } & Size> {
  const { data: file, info } = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: QUALITY, smartSubsample: true })
    .toBuffer({ resolveWithObject: true });
  return { url: `data:image/webp;base64,${file.toString('base64')}`, width: info.width, height: info.height };
}
