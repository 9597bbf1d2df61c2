/**
 * A picture file to upright RGB pixels of 8 bits, as Pillow's `convert('RGB')` after `exif_transpose` gives them: alpha is
 * dropped, not blended; embedded colour profiles are ignored, but for CMYK, which has no meaning without one.
 */
import { createHash } from 'node:crypto';
import { expected } from '../core/errors.ts';
import { givenFile } from '../core/given-file.ts';
import type { Photo } from '../core/predictor.ts';
import { describeBytes, PICTURE_FORMATS, pictureFormat } from './picture-format.ts';
import { type RawPixels, rawPhoto } from './raw-photo.ts';

/** A photo with where it came from. */
export interface LoadedImage extends Photo {
  readonly path?: string;
  /** Of the file's bytes, in hexadecimal. */
  readonly sha256?: string;
}

/** The largest photo that is decoded: 200 million pixels, 600 MB in memory. */
const MOST_PIXELS = 200_000_000;

/**
 * Loads a photo: JPEG, PNG, WebP, GIF, TIFF or AVIF; the first frame where there are several. The EXIF orientation is
 * applied; greyscale, CMYK, 16 bits and alpha become 8-bit RGB.
 *
 * @param source a path, the bytes of a picture file, or raw pixels [height, width, channels] of 8 bits with 1, 3 or 4 channels
 * @returns the pixels [height, width, 3], 0–255
 * @throws `ERR_IMAGE` where there is no picture that can be read, or one of more than 200 million pixels
 * @example
 * ```ts
 * const photo = await loadImage('examples/chelsea.png');
 * console.log(photo.width, photo.height);
 * ```
 */
export async function loadImage(source: string | Uint8Array | RawPixels): Promise<LoadedImage> {
  if (typeof source === 'string') {
    const bytes = await givenFile(source, 'ERR_IMAGE', `photo ${source}`, 'a picture file', 'Check the path.');
    return { ...(await decode(bytes, `photo ${source}`)), path: source };
  }
  return source instanceof Uint8Array ? decode(source, 'photo') : rawPhoto(source);
}

async function decode(bytes: Uint8Array, name: string): Promise<LoadedImage> {
  const { default: sharp } = await import('sharp');
  const format = pictureFormat(bytes);
  if (!format) throw expected('ERR_IMAGE', name, `a picture (${PICTURE_FORMATS})`, describeBytes(bytes));
  const damaged = (error: unknown) => unreadable(name, format, error);
  const options = { failOn: 'error', limitInputPixels: false } as const;
  const { width, height, space } = await sharp(bytes, options).metadata().catch(damaged);
  if (width * height > MOST_PIXELS) {
    const limit = `at most ${MOST_PIXELS / 1e6} million pixels`;
    throw expected('ERR_IMAGE', name, limit, `${width} × ${height}`, 'Make it smaller first.');
  }
  const { data, info } = await sharp(bytes, { ...options, ignoreIcc: space !== 'cmyk' })
    .autoOrient()
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(damaged);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    ...rawPhoto({
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      width: info.width,
      height: info.height,
      channels: info.channels as 1 | 3,
    }),
    sha256,
  };
}

function unreadable(name: string, format: string, error: unknown): never {
  const reason =
    error instanceof Error
      ? error.message
          .split('\n', 1)
          .join('')
          .replace(/[:\s]+$/, '')
      : String(error);
  throw expected('ERR_IMAGE', name, `a whole ${format} picture`, `one that is damaged or cut off (${reason})`, '', {
    cause: error,
  });
}
